import { parseFlags, UsageError } from './command.ts'
import { readSources, settingOf } from './config/settings.ts'

/** The flags by which a command on a data directory finds it. */
export const dataFlags = { data: { type: 'string' }, config: { type: 'string' } } as const

export const dataHelp = `  --data <path>             the data directory, also as TAILROOM_DATA (./data)
  --config <file>           the server's config file, which may name it, also as TAILROOM_CONFIG
`

export const jsonFlag = { json: { type: 'boolean' } } as const

export const jsonHelp = '  --json                    as JSON, for programs\n'

/** What commands on a data directory are given: the directory, and a file where they take one. `[file]` may be left out. */
export function readArguments(args: string[], operands: readonly string[] = []): Arguments {
	const { values, positionals } = parseFlags(args, { ...dataFlags, ...jsonFlag })
	const missing = operands[positionals.length]
	if (missing !== undefined && !missing.startsWith('[')) throw new UsageError(`<${missing}> is missing`)
	const surplus = positionals[operands.length]
	if (surplus !== undefined) throw new UsageError(`nothing is known of "${surplus}"`)
	return { data: dataDirectory(values), operands: positionals, json: values.json === true }
}

interface Arguments {
	data: string
	operands: string[]
	/** It is for a program. */
	json: boolean
}

/** Where a server that is told the same finds it: what the other options say is not looked at. */
export function dataDirectory(
	{ data, config }: { data?: string | undefined; config?: string | undefined },
	environment: NodeJS.ProcessEnv = process.env,
): string {
	return settingOf('data', readSources({ data, config }, environment)).value
}
