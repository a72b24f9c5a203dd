import { type AppOptions, startApp } from '../app.ts'
import type { HistoryLimits } from '../events/catalogue.ts'
import { stopMsMax } from '../http/limits.ts'
import { openServerLog } from '../http/server-log.ts'
import type { Command } from './command.ts'
import { readServeConfig } from './config/flags.ts'
import { serveHelp } from './config/help.ts'
import type { ServeConfig } from './config/schema.ts'
import { privacyOf } from './doctor/directory.ts'
import { listenError } from './listen-error.ts'
import { actAsOwner } from './owner.ts'
import { version } from './version.ts'

export const serveCommand: Command = {
	summary: 'run the server',
	help: `Usage: tailroom serve [options]

Runs the server until it is stopped.

Options, also as TAILROOM_<NAME> in the environment:

${serveHelp()}
For example: tailroom serve --guests --port 9000 --data /var/lib/tailroom
`,
	run: serve,
}

/** Runs the server until a signal stops it. Resolves when it listens. */
async function serve(args: string[]): Promise<void> {
	const config = readServeConfig(args, process.env)
	actAsOwner(config.data)
	const options: AppOptions = {
		directory: config.data,
		host: config.host,
		port: config.port,
		guests: config.guests,
		publicUrl: config['public-url'],
		trustedProxies: config['trust-proxy'] ?? [],
		webhookNetworks: config['webhook-networks'] ?? [],
		postsPerSecond: config['rate-limit'],
		presenceGraceMs: config['presence-grace'],
		history: historyLimits(config),
		version,
		serverLog,
		setupCodeChanged: (code) => process.stdout.write(howToSetUp(publicAddress(), code)),
		fatal,
	}
	// It is for people at the start; whether anybody reads it is nothing to those who talk.
	process.stdout.on('error', () => {})
	const app = await startApp(options).catch((error: NodeJS.ErrnoException) => {
		throw listenError(error, config)
	})
	const privacy = privacyOf(config.data)
	if (privacy !== undefined && privacy.state !== 'ok') serverLog.warn(privacy.says)
	let stoppingSince: number | undefined
	const stop = () => {
		if (stoppingSince === undefined) {
			stoppingSince = performance.now()
			setTimeout(() => fatal(new Error('the stop took too long')), stopMsMax).unref()
			app.stop().then(() => process.exit(0), fatal)
		} else if (performance.now() - stoppingSince > secondSignalMs) {
			process.exit(1)
		}
	}
	process.on('uncaughtException', fatal)
	process.on('SIGTERM', stop)
	process.on('SIGINT', stop)

	// Who reads this may stop the server at once.
	process.stdout.write(`Tailroom ${version} listens on ${app.url}\n`)
	process.stdout.write(`A manual of one screen: curl ${app.url}\n`)
	const publicAddress = () => config['public-url']?.origin ?? app.url
	for (const sentence of whatIsErased(options.history)) process.stdout.write(`${sentence}\n`)
	const code = app.setupCode()
	if (code !== undefined) process.stdout.write(howToSetUp(publicAddress(), code))
}

/** 0 keeps all. */
function historyLimits({ 'history-limit': historyLimit, 'history-ttl': historyTtlMs }: ServeConfig): HistoryLimits {
	return { ...(historyLimit > 0 ? { historyLimit } : {}), ...(historyTtlMs > 0 ? { historyTtlMs } : {}) }
}

/** Who has mistaken a unit learns of it here. */
function whatIsErased({ historyLimit, historyTtlMs }: HistoryLimits = {}): string[] {
	const rooms = 'in rooms that have no limit of their own'
	return [
		...(historyTtlMs === undefined
			? []
			: [`Messages are erased ${said(historyTtlMs)} after they were written, ${rooms}.`]),
		...(historyLimit === undefined
			? []
			: [`The newest ${historyLimit} messages are kept, ${rooms}; older ones are erased.`]),
	]
}

function said(ms: number): string {
	const [unit, size] = units.find(([, size]) => ms >= 2 * size) ?? ['seconds', 1_000]
	return `${Math.round((ms / size) * 10) / 10} ${unit}`
}

const units: readonly [string, number][] = [
	['days', 86_400_000],
	['hours', 3_600_000],
	['minutes', 60_000],
]

/** The code stands in the fragment of the link, which no browser sends and no proxy writes down. */
function howToSetUp(address: string, code: string): string {
	return `
This server has no owner yet. Within a day, open this link once:

  ${address}/setup#${code}

or paste this, with a name and a password of your own:

  curl -H 'Content-Type: application/json' ${address}/setup \\
    -d '{"code":"${code}","name":"ada","password":"a password of yours"}'

`
}

/**
 * A second signal does not wait. But one Ctrl-C can arrive twice, from the terminal and from npm, so
 * only one that comes later than this is a second one.
 */
const secondSignalMs = 1_000

const serverLog = openServerLog()

/**
 * The disk did not keep what it was given. Nothing was answered that may be lost; what is really
 * on the disk shows at the next start.
 */
function fatal(error: Error): void {
	serverLog.fatal(error, `Tailroom stops, because it cannot go on safely: ${error.message}`)
	process.exit(70)
}
