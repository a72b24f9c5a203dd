import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { parseArgs } from 'node:util'
import { dayMs, keptMessagesMax, keptMsMax } from '../commands/limits.ts'
import { presenceGraceMsMax } from '../http/limits.ts'
import { UsageError } from './command.ts'

interface OptionKind<Value> {
	readonly help: string
	/** Shown where a value goes; absent for a switch. */
	readonly value?: string
	readonly fallback: Value
	parse(text: string): Value
}

/**
 * What `serve` can be told. A flag, then `TAILROOM_<NAME>`, then the config file, then the
 * fallback: the first that is given counts.
 */
export const serveOptions = {
	port: {
		help: 'the port to listen on; 0 picks a free one',
		value: 'n',
		fallback: 8080,
		parse: (text: string) => integer(text, 65_535),
	},
	host: { help: 'the address to listen on', value: 'address', fallback: '127.0.0.1', parse: String },
	data: { help: 'the data directory', value: 'path', fallback: './data', parse: String },
	guests: { help: 'let callers without an account read and post in open rooms', fallback: false, parse: boolean },
	'public-url': {
		help: 'the address under which people reach this server, if it is not its own',
		value: 'url',
		fallback: undefined as URL | undefined,
		parse: url,
	},
	'trust-proxy': {
		help: 'addresses of proxies whose X-Forwarded-For is believed, as CIDR, with commas between',
		value: 'list',
		fallback: undefined as string[] | undefined,
		parse: addresses,
	},
	'rate-limit': {
		help: 'posts a second and caller, and ten requests for each; 0 is none. Unless told, 20, and none on this machine',
		value: 'n',
		fallback: undefined as number | undefined,
		parse: (text: string) => integer(text, 1_000_000),
	},
	'webhook-networks': {
		help: 'addresses that webhooks may reach though they are not public, as CIDR, with commas between',
		value: 'list',
		fallback: undefined as string[] | undefined,
		parse: addresses,
	},
	'history-limit': {
		help: 'how many messages of a room are kept, the newest; 0 keeps all',
		value: 'n',
		fallback: 0,
		parse: (text: string) => integer(text, keptMessagesMax),
	},
	'history-ttl': {
		help: 'how long messages are kept: 12h, 30d; 0 keeps them for ever',
		value: 'time',
		fallback: 0,
		parse: age,
	},
	'presence-grace': {
		help: 'how long a connection that broke counts as present: 5s, 500ms, 1m',
		value: 'time',
		fallback: 5_000,
		parse: (text: string) => milliseconds(text, presenceGraceMsMax),
	},
} satisfies Record<string, OptionKind<unknown>>

type Options = typeof serveOptions
type OptionName = keyof Options
export type ServeConfig = { [Name in OptionName]: Options[Name]['fallback'] | ReturnType<Options[Name]['parse']> }

/** Reads the flags after `serve`, the environment and, with --config, a JSON file. */
export function readServeConfig(args: string[], environment: NodeJS.ProcessEnv): ServeConfig {
	const flags = parseFlags(args)
	const file = flags.config === undefined ? {} : readConfigFile(flags.config)
	const entries = Object.entries(serveOptions).map(([name, option]) => {
		const variable = `TAILROOM_${name.toUpperCase().replaceAll('-', '_')}`
		const sources: [string, string | undefined][] = [
			[`--${name}`, flags[name]],
			[variable, environment[variable]],
			...(name === 'port' ? [['PORT', environment.PORT] as [string, string | undefined]] : []),
			[`"${name}" in ${flags.config}`, file[name]],
		]
		const given = sources.find(([, text]) => text !== undefined && text !== '')
		return [name, given === undefined ? option.fallback : parsed(option, given[0], given[1] as string)]
	})
	return Object.fromEntries(entries) as ServeConfig
}

export function serveHelp(): string {
	const lines = Object.entries(serveOptions).map(([name, option]: [string, OptionKind<unknown>]) => {
		const flag = `--${name}${option.value === undefined ? '' : ` <${option.value}>`}`
		const fallback =
			option.fallback === undefined || option.fallback === false ? '' : ` (${fallbackText(name, option)})`
		return `  ${flag.padEnd(26)}${option.help}${fallback}`
	})
	return `${lines.join('\n')}\n  ${'--config <file>'.padEnd(26)}these options as a JSON object\n`
}

function fallbackText(name: string, { fallback }: OptionKind<unknown>): string {
	return name === 'presence-grace' ? '5s' : String(fallback)
}

function parseFlags(args: string[]): Record<string, string | undefined> {
	const options: Record<string, { type: 'string' | 'boolean' }> = { config: { type: 'string' } }
	for (const [name, option] of Object.entries(serveOptions)) {
		options[name] = { type: 'value' in option ? 'string' : 'boolean' }
	}
	try {
		const { values } = parseArgs({ args, options, allowPositionals: false })
		return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
	} catch (error) {
		throw new UsageError((error as Error).message)
	}
}

function readConfigFile(path: string): Record<string, string | undefined> {
	let value: unknown
	try {
		value = JSON.parse(readFileSync(path, 'utf8'))
	} catch (error) {
		throw new UsageError(`Cannot read the config file ${path}: ${(error as Error).message}`)
	}
	if (typeof value !== 'object' || value === null) throw new UsageError(`The config file ${path} is not a JSON object`)
	for (const name of Object.keys(value)) {
		if (!Object.hasOwn(serveOptions, name)) {
			throw new UsageError(`There is no option "${name}" (${path}). There are: ${Object.keys(serveOptions).join(', ')}`)
		}
	}
	return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, String(item)]))
}

function parsed(option: OptionKind<unknown>, source: string, text: string): unknown {
	try {
		return option.parse(text)
	} catch (error) {
		throw new UsageError(`${source}: ${(error as Error).message}, not ${JSON.stringify(text)}`)
	}
}

export function integer(text: string, max: number): number {
	const value = Number(text)
	if (/^[0-9]{1,7}$/.test(text) && value <= max) return value
	throw new Error(`must be a whole number from 0 to ${max}`)
}

function boolean(text: string): boolean {
	if (text === 'true' || text === '1') return true
	if (text === 'false' || text === '0') return false
	throw new Error('must be true or false')
}

function addresses(text: string): string[] {
	const list = text.split(',').map((part) => part.trim())
	const isAddress = (part: string) => {
		const [address = '', bits] = part.split('/')
		const bitsMax = isIP(address) === 4 ? 32 : 128
		return isIP(address) !== 0 && (bits === undefined || (/^[0-9]{1,3}$/.test(bits) && Number(bits) <= bitsMax))
	}
	if (list.every(isAddress)) return list
	throw new Error('must be addresses like 127.0.0.1 or 10.0.0.0/8')
}

function url(text: string): URL | undefined {
	const value = URL.parse(text)
	if (value !== null && /^https?:$/.test(value.protocol) && value.pathname === '/') return value
	throw new Error('must be an address like https://chat.example.org')
}

/** How long messages are kept: never a number alone, which some would take for days. */
export function age(text: string): number {
	if (/^[0-9]+$/.test(text) && Number(text) !== 0) throw new Error('needs a unit, as in 12h or 30d')
	return milliseconds(text, keptMsMax)
}

/** A number alone is seconds. */
export function milliseconds(text: string, max: number): number {
	const match = /^([0-9]{1,6}(?:\.[0-9]{1,3})?)(ms|s|m|h|d)?$/.exec(text)
	const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: dayMs }[match?.[2] ?? 's'] ?? 1_000
	const value = Math.round(Number(match?.[1]) * unit)
	if (value <= max) return value
	throw new Error(`must be a time like 5s, 500ms, 1m, 12h or 30d, and at most ${max / 1_000}s`)
}
