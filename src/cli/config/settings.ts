import { UsageError } from '../command.ts'
import { configVariable, unknownVariables } from './environment.ts'
import { type ConfigFile, readConfigFile } from './file.ts'
import {
	type OptionKind,
	type OptionName,
	optionNames,
	type ServeConfig,
	serveOptions,
	type ValueOf,
	variableOf,
} from './schema.ts'

/** What there is to choose from: a flag counts before the environment, and that before the config file. */
export interface Sources {
	flags: Flags
	environment: NodeJS.ProcessEnv
	file: ConfigFile | undefined
}

/** By the names of options, and `config`. */
export type Flags = { readonly [name: string]: string | undefined }

/** An option, and what it is. */
export interface Setting<Name extends OptionName = OptionName> {
	name: Name
	/** What counts. */
	value: ValueOf<Name>
	/** The same as it was written; undefined: nothing is set. */
	text: string | undefined
	source: 'flag' | 'environment' | 'file' | 'default'
	/** The flag, the variable, or the path of the file; undefined: the default. */
	from: string | undefined
}

export type Settings = { [Name in OptionName]: Setting<Name> }

/** Reads the config file, if one is named. Throws for it, and for variables that nothing is known of: all at once. */
export function readSources(flags: Flags, environment: NodeJS.ProcessEnv): Sources {
	const unknown = unknownVariables(environment)
	const { result: file, mistakes } = gathered((attempt) => attempt(() => namedFile(flags, environment)))
	refuse([...unknown, ...mistakes, ...(file?.mistakes ?? [])])
	return { flags, environment, file }
}

/** Reads the config file; undefined if none is named. */
export function namedFile({ config }: Flags, environment: NodeJS.ProcessEnv): ConfigFile | undefined {
	const path = [config, environment[configVariable]].find(isGiven)
	return path === undefined ? undefined : readConfigFile(path)
}

/** What is in force for one option: the first that is given. What is empty is not. Throws where it means nothing. */
export function settingOf<Name extends OptionName>(name: Name, { flags, environment, file }: Sources): Setting<Name> {
	const option: OptionKind<unknown> = serveOptions[name]
	const variables = [variableOf(name), ...(name === 'port' ? ['PORT'] : [])]
	const candidates = [
		{ text: flags[name], source: 'flag', from: `--${name}` },
		...variables.map((from) => ({ text: environment[from], source: 'environment', from }) as const),
		{ text: file?.texts[name], source: 'file', from: file?.path },
		{ text: option.fallback, source: 'default', from: undefined },
	] as const
	const { text, source, from } = candidates.find(({ text }) => isGiven(text)) ?? {
		text: undefined,
		source: 'default',
		from: undefined,
	}
	const place = source === 'file' ? `"${name}" in ${from}` : from
	const value = text === undefined ? undefined : parsed(option, place, text)
	return { name, value: value as ValueOf<Name>, text, source, from }
}

/** Throws for all together that mean nothing. */
export function settingsOf(sources: Sources): Settings {
	const { result, mistakes } = gathered((attempt) =>
		optionNames.map((name) => [name, attempt(() => settingOf(name, sources))]),
	)
	refuse(mistakes)
	return Object.fromEntries(result) as Settings
}

/** Goes on after a mistake; what failed is undefined then. */
export function gathered<Result>(read: (attempt: Attempt) => Result): { result: Result; mistakes: string[] } {
	const mistakes: string[] = []
	const result = read((read) => {
		try {
			return read()
		} catch (error) {
			if (!(error instanceof UsageError)) throw error
			mistakes.push(error.message)
			return undefined
		}
	})
	return { result, mistakes }
}

type Attempt = <Result>(read: () => Result) => Result | undefined

function refuse(mistakes: readonly string[]): void {
	if (mistakes.length > 0) throw new UsageError(mistakes.join('; '))
}

export function valuesOf(settings: Settings): ServeConfig {
	return Object.fromEntries(Object.values(settings).map(({ name, value }) => [name, value])) as ServeConfig
}

function isGiven(text: string | undefined): text is string {
	return text !== undefined && text !== ''
}

function parsed(option: OptionKind<unknown>, place: string | undefined, text: string): unknown {
	try {
		return option.parse(text)
	} catch (error) {
		throw new UsageError(`${place}: ${(error as Error).message}, not ${JSON.stringify(text)}`)
	}
}
