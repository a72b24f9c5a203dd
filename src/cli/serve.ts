import { type AppOptions, startApp } from '../app.ts'
import { stopMsMax } from '../http/limits.ts'
import { readServeConfig, type ServeConfig } from './options.ts'
import { version } from './version.ts'

/** Runs the server until a signal stops it. Resolves when it listens. */
export async function serve(args: string[]): Promise<void> {
	const config = readServeConfig(args, process.env)
	// What is written is nobody else's to read.
	process.umask(0o077)
	const options: AppOptions = {
		directory: config.data,
		host: config.host,
		port: config.port,
		guests: config.guests,
		publicUrl: config['public-url'],
		postsPerSecond: config['rate-limit'],
		presenceGraceMs: config['presence-grace'],
		version,
		fatal,
	}
	const app = await startApp(options).catch((error: NodeJS.ErrnoException) => {
		throw error.code === 'EADDRINUSE' ? portInUse(config) : error
	})
	process.stdout.write(`Tailroom ${version} listens on ${app.url}\n`)
	process.stdout.write(`A manual of one screen: curl ${app.url}\n`)

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
	process.on('SIGTERM', stop)
	process.on('SIGINT', stop)
}

function portInUse({ host, port }: ServeConfig): Error {
	return new Error(`port ${port} on ${host} is in use: choose another with --port, or 0 for a free one`)
}

/**
 * A second signal does not wait. But one Ctrl-C can arrive twice, from the terminal and from npm, so
 * only one that comes later than this is a second one.
 */
const secondSignalMs = 1_000

/**
 * The disk did not keep what it was given. Nothing was answered that may be lost; what is really
 * on the disk shows at the next start.
 */
function fatal(error: Error): void {
	process.stderr.write(`Tailroom stops, because it cannot go on safely: ${error.message}\n${error.stack ?? ''}\n`)
	process.exit(70)
}
