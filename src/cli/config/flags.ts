import { parseFlags, UsageError } from '../command.ts'
import { type ServeConfig, serveOptions } from './schema.ts'
import { type Flags, readSources, settingsOf, valuesOf } from './settings.ts'

/** What `serve` is told by its flags, the environment and the config file. */
export function readServeConfig(args: string[], environment: NodeJS.ProcessEnv): ServeConfig {
	return valuesOf(settingsOf(readSources(readServeFlags(args), environment)))
}

/** The flags of `serve`; `switches` are those of another command that takes them too. */
export function readServeFlags(args: string[], switches: readonly string[] = []): Flags {
	const options: Record<string, { type: 'string' | 'boolean' }> = { config: { type: 'string' } }
	for (const [name, option] of Object.entries(serveOptions)) {
		options[name] = { type: 'value' in option ? 'string' : 'boolean' }
	}
	for (const name of switches) options[name] = { type: 'boolean' }
	const { values, positionals } = parseFlags(args, options)
	if (positionals[0] !== undefined) throw new UsageError(`nothing is known of "${positionals[0]}"`)
	return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
}
