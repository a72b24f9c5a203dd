import { printableLine } from '../protocol/message-line.ts'
import type { Command } from './command.ts'
import { readServeFlags } from './config/flags.ts'
import { serveHelp } from './config/help.ts'
import { type OptionKind, serveOptions } from './config/schema.ts'
import { readSources, type Setting, settingsOf } from './config/settings.ts'
import { jsonLine } from './remote/json-line.ts'
import { tableOf } from './table.ts'

export const configCommand: Command = {
	summary: 'print what a server would be told here, and by what',
	help: `Usage: tailroom config [options]

Prints each option, its value, and where that is from: a flag, a variable, the config file, or the default. It is what
"tailroom serve" with the same flags, in the same environment, begins with; nothing is started.

  --json                    as JSON, with values as a config file has them, and null where nothing is set

${serveHelp()}
For example: tailroom config --config /etc/tailroom/config.json
`,
	async run(args) {
		const { json, ...flags } = readServeFlags(args, ['json'])
		const sources = readSources(flags, process.env)
		const settings = Object.values(settingsOf(sources))
		if (json === 'true') {
			const told = settings.map((setting) => ({ ...setting, value: jsonValue(setting), text: undefined }))
			process.stdout.write(jsonLine({ configFile: sources.file?.path ?? null, settings: told }))
		} else {
			process.stdout.write(
				tableOf(settings.map(({ name, text, from }) => [name, printableLine(text ?? 'not set'), from ?? 'default'])),
			)
		}
	},
}

/** As a config file has it. */
function jsonValue({ name, value, text }: Setting): unknown {
	const { json }: OptionKind<unknown> = serveOptions[name]
	if (text === undefined) return null
	return json === 'number' || json === 'boolean' || json === 'list' ? value : text
}
