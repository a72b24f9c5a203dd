import type { ParseArgsConfig } from 'node:util'
import { type Ask, administer } from './administration.ts'
import { type Command, parseFlags, UsageError } from './command.ts'
import { readSources, settingOf } from './config/settings.ts'
import { dataFlags, dataHelp, jsonFlag, jsonHelp } from './data-directory.ts'
import { jsonLine } from './remote/json-line.ts'

type Flags = NonNullable<ParseArgsConfig['options']>
type Values = Record<string, string | string[] | boolean | undefined>

/** One thing that is done to the people, tokens, rooms or invitations of a server. */
export interface Subcommand {
	/** The operands, for example `<name> <role>`. */
	operands: string
	summary: string
	flags?: Flags
	run(ask: Ask, operands: string[], flags: Values): Promise<Said>
}

/** What a server has answered. */
export interface Said {
	/** For programs, with --json; undefined: it had nothing to say. */
	answer: unknown
	/** For people; absent: nothing. */
	text?: string
	/** What people have to know besides, on standard error. */
	hint?: string | undefined
}

/** A command with a word behind it, such as `tailroom user add`. Works beside a running server and without one. */
export function withSubcommands(
	name: string,
	{
		summary,
		subcommands,
		flagHelp = '',
		example,
	}: {
		summary: string
		subcommands: Record<string, Subcommand>
		flagHelp?: string
		example: string
	},
): Command {
	const lines = Object.entries(subcommands).map(([word, { operands, summary }]) => {
		return `  ${`${word} ${operands}`.trim().padEnd(26)}${summary}\n`
	})
	return {
		summary,
		help: `Usage: tailroom ${name} <what> [options]

${lines.join('')}
Works beside a running server, and without one.

${flagHelp}${jsonHelp}${dataHelp}
For example: ${example}
`,
		async run([word, ...args]) {
			const known = Object.keys(subcommands).join(', ')
			if (word === undefined) throw new UsageError(`say what: tailroom ${name} <${known}>`)
			const subcommand = Object.hasOwn(subcommands, word) ? subcommands[word] : undefined
			if (subcommand === undefined) throw new UsageError(`there is no "tailroom ${name} ${word}". There are: ${known}`)
			const { positionals, values } = parseFlags(args, { ...dataFlags, ...jsonFlag, ...subcommand.flags })
			checkOperands(`tailroom ${name} ${word}`, subcommand.operands, positionals)
			const { data, config } = values as { data?: string; config?: string }
			const sources = readSources({ data, config }, process.env)
			const server = {
				directory: settingOf('data', sources).value,
				publicUrl: settingOf('public-url', sources).value,
			}
			const said = await administer(server, (ask) => subcommand.run(ask, positionals, values))
			if (values.json === true) return void process.stdout.write(jsonLine(said.answer ?? {}))
			process.stdout.write(said.text ?? '')
			process.stderr.write(said.hint ?? '')
		},
	}
}

/** `[<user>]` may be left out. */
function checkOperands(command: string, operands: string, given: readonly string[]): void {
	const expected = operands.split(' ').filter((word) => word !== '')
	const missing = expected[given.length]
	if (missing !== undefined && !missing.startsWith('[')) throw new UsageError(`${command}: ${missing} is missing`)
	const surplus = given[expected.length]
	if (surplus !== undefined) throw new UsageError(`${command}: nothing is known of "${surplus}"`)
}

/** A time of the log as people read it, or a dash. */
export function day(time: number | undefined): string {
	return time === undefined ? '-' : new Date(time).toISOString().slice(0, 16).replace('T', ' ')
}

/** `--days`, as the time so many days from now. */
export function inDays(days: string | string[] | boolean | undefined): { expiresAtMs?: number } {
	if (days === undefined) return {}
	if (typeof days !== 'string' || !/^[1-9][0-9]{0,4}$/.test(days)) throw new UsageError('--days is a number of days')
	return { expiresAtMs: Date.now() + Number(days) * 86_400_000 }
}
