import { resolve } from 'node:path'
import { UsageError } from '../command.ts'
import { unknownVariables } from '../config/environment.ts'
import { optionNames, type ServeConfig } from '../config/schema.ts'
import { type Flags, namedFile, settingOf } from '../config/settings.ts'
import type { Installation } from './check.ts'
import { askServer } from './server.ts'

/** Finds what there is to look at, whatever is wrong with what is told about it. */
export async function findInstallation(flags: Flags, environment: NodeJS.ProcessEnv): Promise<Installation> {
	const mistakes: string[] = unknownVariables(environment)
	const attempt = <Result>(read: () => Result): Result | undefined => {
		try {
			return read()
		} catch (error) {
			if (!(error instanceof UsageError)) throw error
			mistakes.push(error.message)
			return undefined
		}
	}
	const sources = { flags, environment, file: attempt(() => namedFile(flags, environment)) }
	const values = optionNames.map((name) => [name, attempt(() => settingOf(name, sources).value)])
	const settings = Object.fromEntries(values) as Partial<ServeConfig>
	const directory = resolve(settingOf('data', sources).value)
	return { directory, settings, mistakes, server: await askServer(directory) }
}
