import { type ParseArgsConfig, parseArgs } from 'node:util'

/** A mistake on the command line, in the environment or in a config file. */
export class UsageError extends Error {}

/** One word of the command line after `tailroom`. */
export interface Command {
	/** In the list of all commands. */
	summary: string
	/** What --help prints: usage, what it does, an example. */
	help: string
	/** Rejects with UsageError, or with an error whose message is for the person who started it. */
	run(args: string[]): Promise<void>
}

/** What commands on a data directory are given: the directory, and a file where they take one. */
export function readArguments(args: string[], operands: readonly string[] = []): { data: string; operands: string[] } {
	const { values, positionals } = parseFlags(args, { data: { type: 'string' } })
	const missing = operands[positionals.length]
	if (missing !== undefined) throw new UsageError(`<${missing}> is missing`)
	const surplus = positionals[operands.length]
	if (surplus !== undefined) throw new UsageError(`nothing is known of "${surplus}"`)
	return { data: dataDirectory(values.data), operands: positionals }
}

/** What `--data` says, else TAILROOM_DATA, else the one in this folder. */
export function dataDirectory(flag: string | undefined): string {
	return [flag, process.env.TAILROOM_DATA].find((text) => text !== undefined && text !== '') ?? './data'
}

export const dataHelp = '  --data <path>             the data directory, also as TAILROOM_DATA (./data)\n'

/** For what must be cleaned up when the process exits: a signal alone would end it without that. */
export function exitOnSignals(): void {
	process.once('SIGINT', () => process.exit(130))
	process.once('SIGTERM', () => process.exit(143))
}

/** The flags and operands of a command; what it does not know is a UsageError. */
export function parseFlags<Flags extends NonNullable<ParseArgsConfig['options']>>(args: string[], options: Flags) {
	try {
		return parseArgs({ args, options, allowPositionals: true })
	} catch (error) {
		throw new UsageError((error as Error).message)
	}
}
