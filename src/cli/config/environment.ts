import { UsageError } from '../command.ts'
import { didYouMean } from '../suggestion.ts'
import { optionNames, variableOf } from './schema.ts'

/** Says which config file, as `--config` does. */
export const configVariable = 'TAILROOM_CONFIG'

/** What the commands that talk to a server read; see remote/remote.ts. */
export const remoteVariables: readonly string[] = ['TAILROOM_URL', 'TAILROOM_TOKEN']

const known: readonly string[] = [...optionNames.map(variableOf), configVariable, ...remoteVariables]

/** Throws for the first variable that is called as if it were Tailroom's, and is not. */
export function checkVariables(environment: NodeJS.ProcessEnv): void {
	const [unknown] = unknownVariables(environment)
	if (unknown !== undefined) throw new UsageError(unknownVariable(unknown))
}

function unknownVariables(environment: NodeJS.ProcessEnv): string[] {
	return Object.keys(environment).filter((name) => name.startsWith('TAILROOM_') && !known.includes(name))
}

function unknownVariable(name: string): string {
	if (serviceLink.test(name)) {
		return `${name} is set by Kubernetes for a service that is called tailroom: say enableServiceLinks: false in the pod`
	}
	const suggestion = didYouMean(name, known)
	const end =
		suggestion === '' ? ' Take it out of the environment; tailroom serve --help says which there are' : suggestion
	return `there is no variable ${name}.${end}`
}

/** Of each service a pod is told under the service's own name, TAILROOM_PORT too, with an address. */
const serviceLink = /^TAILROOM_(?:SERVICE_(?:HOST|PORT)|PORT_[0-9]+_)/
