import { keptMessagesMax } from '../../commands/limits.ts'
import { presenceGraceMsMax } from '../../http/limits.ts'
import { addresses, age, boolean, integer, milliseconds, url } from './values.ts'

export interface OptionKind<Value> {
	/** Without a full stop; in --help and on the reference page. */
	readonly help: string
	/** Shown where a value goes; absent for a switch. */
	readonly value?: string
	/** What counts where nothing is given, as somebody would write it; undefined: nothing is set then. */
	readonly fallback: string | undefined
	/** What it is in a config file, and in what is printed as JSON. */
	readonly json: JsonKind
	/** Throws with what it must be. */
	parse(text: string): Value
}

/** `path`: text, in a config file from its folder on; `time`: text such as `12h`, or a number; `list`: of texts, or one text. */
export type JsonKind = 'number' | 'boolean' | 'text' | 'path' | 'time' | 'list'

/**
 * What `serve` can be told: flags, environment, config file, `tailroom config` and docs/configuration.md are made of
 * this. No secret is an option: all of this is printed.
 */
export const serveOptions = {
	port: {
		help: 'the port to listen on; 0 picks a free one',
		value: 'n',
		fallback: '8080',
		json: 'number',
		parse: (text: string) => integer(text, 65_535),
	},
	host: { help: 'the address to listen on', value: 'address', fallback: '127.0.0.1', json: 'text', parse: String },
	data: { help: 'the data directory', value: 'path', fallback: './data', json: 'path', parse: String },
	guests: {
		help: 'let callers without an account read and post in open rooms',
		fallback: 'false',
		json: 'boolean',
		parse: boolean,
	},
	'public-url': {
		help: 'the address at which people reach this server, if not its own',
		value: 'url',
		fallback: undefined,
		json: 'text',
		parse: url,
	},
	'trust-proxy': {
		help: 'proxies whose X-Forwarded-For is believed',
		value: 'cidr',
		fallback: undefined,
		json: 'list',
		parse: addresses,
	},
	'rate-limit': {
		help: 'posts a second and caller, 0 for no limit (20; none on this machine)',
		value: 'n',
		fallback: undefined,
		json: 'number',
		parse: (text: string) => integer(text, 1_000_000),
	},
	'webhook-networks': {
		help: 'what webhooks may reach though it is not public',
		value: 'cidr',
		fallback: undefined,
		json: 'list',
		parse: addresses,
	},
	'history-limit': {
		help: 'how many messages of a room are kept, the newest; 0 keeps all',
		value: 'n',
		fallback: '0',
		json: 'number',
		parse: (text: string) => integer(text, keptMessagesMax),
	},
	'history-ttl': {
		help: 'how long messages are kept: 12h, 30d; 0 keeps them for ever',
		value: 'time',
		fallback: '0',
		json: 'time',
		parse: age,
	},
	'presence-grace': {
		help: 'how long a connection that broke counts as present: 500ms, 1m',
		value: 'time',
		fallback: '5s',
		json: 'time',
		parse: (text: string) => milliseconds(text, presenceGraceMsMax),
	},
} satisfies Record<string, OptionKind<unknown>>

type Options = typeof serveOptions
export type OptionName = keyof Options

/** The value of an option: what its text means, or undefined where it has none. */
export type ValueOf<Name extends OptionName> =
	| ReturnType<Options[Name]['parse']>
	| (Options[Name]['fallback'] extends undefined ? undefined : never)

export type ServeConfig = { [Name in OptionName]: ValueOf<Name> }

export const optionNames = Object.keys(serveOptions) as OptionName[]

/** The variable that says the same as `--<name>`. */
export function variableOf(name: string): string {
	return `TAILROOM_${name.toUpperCase().replaceAll('-', '_')}`
}
