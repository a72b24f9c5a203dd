import { type ParseArgsConfig, parseArgs } from 'node:util'
import { didYouMean } from './suggestion.ts'

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

/**
 * For what must be cleaned up when the process exits: a signal alone would end it without that. Also one that
 * comes meanwhile, for Ctrl-C can arrive twice, from the terminal and from npm.
 */
export function exitOnSignals(): void {
	process.on('SIGINT', () => process.exit(130))
	process.on('SIGTERM', () => process.exit(143))
}

/** The flags and operands of a command; what it does not know is a UsageError. */
export function parseFlags<Flags extends NonNullable<ParseArgsConfig['options']>>(args: string[], options: Flags) {
	refuseUnknown(args, options)
	try {
		return parseArgs({ args: withNegatives(args, options), options, allowPositionals: true })
	} catch (error) {
		throw new UsageError((error as Error).message)
	}
}

function refuseUnknown(args: string[], options: NonNullable<ParseArgsConfig['options']>): void {
	const { tokens } = parseArgs({ args, options, allowPositionals: true, strict: false, tokens: true })
	for (const token of tokens) {
		if (token.kind !== 'option' || Object.hasOwn(options, token.name)) continue
		const flags = Object.keys(options).map((name) => `--${name}`)
		const end = didYouMean(token.rawName, flags) || ' --help says which there are; what follows -- is none'
		throw new UsageError(`there is no option ${token.rawName}.${end}`)
	}
}

/** `--port -1` is a mistake in the number, which whoever reads it explains: it is not one in the writing. */
function withNegatives(args: string[], options: NonNullable<ParseArgsConfig['options']>): string[] {
	const { tokens } = parseArgs({ args, options, allowPositionals: true, strict: false, tokens: true })
	const joined = [...args]
	for (const token of tokens.toReversed()) {
		if (token.kind !== 'option' || options[token.name]?.type !== 'string' || token.inlineValue) continue
		const { rawName, value, index } = token
		if (value === undefined) throw new UsageError(`the value of ${rawName} is missing`)
		if (rawName.startsWith('--') && /^-[0-9]/.test(value)) joined.splice(index, 2, `${rawName}=${value}`)
		else if (/^-./.test(value)) {
			throw new UsageError(`the value of ${rawName} is missing; one that begins with - is written ${rawName}=${value}`)
		}
	}
	return joined
}
