import { resolve } from 'node:path'
import { configVariable, unknownVariables } from '../config/environment.ts'
import { optionNames, type ServeConfig } from '../config/schema.ts'
import { type Flags, gathered, namedFile, settingOf } from '../config/settings.ts'
import type { Installation } from './check.ts'
import { askServer } from './server.ts'

/** Finds what there is to look at, whatever is wrong with what is told about it. */
export async function findInstallation(flags: Flags, environment: NodeJS.ProcessEnv): Promise<Installation> {
	const { result, mistakes } = gathered((attempt) => {
		const file = attempt(() => namedFile(flags, environment))
		const sources = { flags, environment, file }
		const values = optionNames.map((name) => [name, attempt(() => settingOf(name, sources).value)])
		return { sources, settings: Object.fromEntries(values) as Partial<ServeConfig> }
	})
	const { sources, settings } = result
	const { value, source } = settingOf('data', sources)
	const directory = resolve(value)
	const isFileNamed = Boolean(flags.config || environment[configVariable])
	const isGuessed = source === 'default' && isFileNamed && sources.file === undefined
	return {
		directory,
		settings,
		mistakes: [
			...unknownVariables(environment),
			...(sources.file?.mistakes ?? []),
			...mistakes,
			...(isGuessed ? [`which data directory is meant is not known so, and ${directory} is looked at`] : []),
		],
		server: await askServer(directory),
	}
}
