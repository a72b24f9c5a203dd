import { printableLine } from '../protocol/message-line.ts'
import type { Command } from './command.ts'
import { readServeFlags } from './config/flags.ts'
import { serveHelp } from './config/help.ts'
import type { State } from './doctor/check.ts'
import { examine, type NamedFinding } from './doctor/checks.ts'
import { findInstallation } from './doctor/installation.ts'
import { jsonLine } from './remote/json-line.ts'
import { tableOf } from './table.ts'

export const doctorCommand: Command = {
	summary: 'say what is wrong with this installation, and what to do',
	help: `Usage: tailroom doctor [options]

Looks at this machine, at what a server is told here, and at its data directory, also beside a running server, and
changes nothing. Give it the flags and the environment of the server. Exits with 1 if there is a problem; what is only
a warning can stay. Whether all of the log is what was written is proved by "tailroom verify".

  --json                    as JSON, for monitoring

${serveHelp()}
For example: tailroom doctor --config /etc/tailroom/config.json
`,
	async run(args) {
		const { json, ...flags } = readServeFlags(args, ['json'])
		const findings = await examine(await findInstallation(flags, process.env))
		const state = worst(findings)
		if (json === 'true') process.stdout.write(jsonLine({ state, checks: findings }))
		else
			process.stdout.write(
				tableOf(findings.map((finding) => [finding.state, finding.name, printableLine(finding.says)])),
			)
		if (state === 'problem') process.exitCode = 1
	},
}

function worst(findings: readonly NamedFinding[]): State {
	const states = new Set(findings.map(({ state }) => state))
	return states.has('problem') ? 'problem' : states.has('warning') ? 'warning' : 'ok'
}
