import './quick-passwords.ts'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type App, type AppOptions, startApp } from '../../src/app.ts'
import './bare-threads.ts'
import { temporaryDirectory } from './directory.ts'
import { AnyServer } from './server.ts'

/** A server in this very process, where a test needs its clock or its limits. Stopped with the test. */
export async function startInProcess(t: Test, options: Partial<AppOptions> = {}): Promise<App> {
	const app = await startApp({
		directory: join(temporaryDirectory(t), 'data'),
		host: '127.0.0.1',
		port: 0,
		guests: true,
		publicUrl: undefined,
		trustedProxies: [],
		postsPerSecond: 0,
		webhookNetworks: [],
		presenceGraceMs: 0,
		version: 'test',
		fatal: (error) => t.fail(error.message),
		...options,
	})
	t.teardown(() => app.stop())
	return app
}

/** What startServer starts, but in this very process: for what needs none of its own, for that takes most of the time. */
export class ServerHere extends AnyServer {
	readonly stop: () => Promise<void>

	constructor(directory: string, { url, stop }: App) {
		super(directory, url)
		this.stop = stop
	}
}

/** Starts one with guests, and with the grace time of a server that is told nothing. Stopped with the test. */
export async function startServerHere(t: Test, options: Partial<AppOptions> = {}): Promise<ServerHere> {
	const { directory = join(temporaryDirectory(t), 'data') } = options
	return new ServerHere(directory, await startInProcess(t, { presenceGraceMs: 5_000, ...options, directory }))
}
