import { nearestTo } from '../suggestion.ts'
import { optionNames, variableOf } from './schema.ts'

const prefix = 'TAILROOM_'

/** Says which config file, as `--config` does. */
export const configVariable = 'TAILROOM_CONFIG'

/** What the commands that talk to a server read; see remote/remote.ts. */
const remoteVariables = ['TAILROOM_URL', 'TAILROOM_TOKEN']

const known: readonly string[] = [...optionNames.map(variableOf), configVariable, ...remoteVariables]

/** What is to be said of each variable that is called as if it were Tailroom's, and is not. */
export function unknownVariables(environment: NodeJS.ProcessEnv): string[] {
	const unknown = Object.keys(environment).filter((name) => name.startsWith(prefix) && !known.includes(name))
	return unknown.map(unknownVariable)
}

function unknownVariable(name: string): string {
	if (serviceLink.test(name)) {
		return `${name} is set by Kubernetes for a service that is called tailroom: say enableServiceLinks: false in the pod`
	}
	const meant = nearestTo(ownPart(name), known.map(ownPart))
	const remedy = 'Take it out of the environment; tailroom serve --help says which there are'
	return `there is no variable ${name}. ${meant === undefined ? remedy : `Did you mean ${prefix}${meant}?`}`
}

/** What all have in common would make all alike. */
function ownPart(name: string): string {
	return name.slice(prefix.length)
}

/** Of each service a pod is told under the service's own name, TAILROOM_PORT too, with an address. */
const serviceLink = /^TAILROOM_(?:SERVICE_(?:HOST|PORT)|PORT_[0-9]+_)/
