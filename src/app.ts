import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Guest } from './commands/actor.ts'
import { startWriter } from './commands/writer.ts'
import { startDeepReader } from './events/deep-reader.ts'
import { lockDirectory } from './events/lock.ts'
import type { LogReader } from './events/log.ts'
import { openLogForReading } from './events/sqlite-log.ts'
import { Delivery } from './http/delivery/delivery.ts'
import { connectionsMax, stopMsMax } from './http/limits.ts'
import { PostLimit } from './http/post-limit.ts'
import { Leases } from './http/presence/leases.ts'
import { presenceName } from './http/routes/presence.ts'
import { buildServer } from './http/server.ts'
import { ConnectionCount, type HttpConfig, type Services } from './http/services.ts'
import { discardViews, isDamage, viewsPath } from './projections/open.ts'
import { listAllVisitors, listPresences } from './projections/presence.ts'
import { openViewsForReading, type Views } from './projections/views.ts'

export interface AppOptions extends HttpConfig {
	/** Made if it is missing. Everything that must last lies in it. */
	directory: string
	host: string
	/** 0 picks a free one. */
	port: number
	/** Posts a second and caller; 0 is no limit. */
	postsPerSecond: number
	presenceGraceMs: number
	/** Silence after which a stream gets a mark. Absent: what the contract says. */
	heartbeatMs?: number
	/** A reader that does not drain for so long is closed. Absent: a minute. */
	drainMs?: number
	/** The server cannot go on, and the process must end: what is on the disk is not known any more. */
	fatal(error: Error): void
}

export interface App {
	/** Where it listens, for example `http://127.0.0.1:8080`. */
	url: string
	/** Finishes what is in flight, says goodbye to everybody, closes the files. */
	stop(): Promise<void>
}

/** Composes the server and starts to listen. Resolves when the views are at the head of the log. */
export async function startApp(options: AppOptions): Promise<App> {
	const { directory } = options
	mkdirSync(directory, { recursive: true, mode: 0o700 })
	const lock = lockDirectory(directory)

	// The one write path: a thread that owns both files.
	const writer = await startWriter({ directory }, { headMoved: () => delivery.headMoved(), failed: options.fatal })

	// Everybody else reads.
	const logPath = join(directory, 'log.db')
	const log = openLogForReading(logPath)
	const views = openViewsForReading(viewsPath(directory))
	const deepReader = startDeepReader(logPath, options.fatal)

	let stopping: Promise<void> | undefined
	const failed = (error: unknown) => {
		server.log.error(error)
		// The views are disposable: if it is they that are damaged, the next start shall not meet them.
		if (isDamage(error)) discardViews(directory)
	}
	const delivery = new Delivery({
		log,
		views,
		deepReader,
		failed,
		...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
		...(options.drainMs === undefined ? {} : { drainMs: options.drainMs }),
	})
	const leases = new Leases({
		writer,
		graceMs: options.presenceGraceMs,
		recorded: readAtStart(() => whoWasThere(views, log), directory),
	})
	const services: Services = {
		log,
		views,
		writer,
		delivery,
		leases,
		postLimit: new PostLimit(options.postsPerSecond),
		config: options,
		isStopping: () => stopping !== undefined,
		connections: new ConnectionCount(connectionsMax),
		webSockets: new Set(),
		failed,
	}
	const server = await buildServer(services)
	await server.listen({ host: options.host, port: options.port })

	async function stop(): Promise<void> {
		leases.stop()
		// What is in flight is acknowledged or refused, and those who follow still hear it.
		await writer.stop()
		delivery.advance()
		delivery.stop('stopping')
		for (const socket of services.webSockets) socket.close(4001, 'the server is stopping')
		await Promise.race([server.close(), cutLater()])
		await deepReader.stop()
		views.close()
		log.close()
		lock.release()
	}

	/** Who does not take the goodbye is cut, so that the process ends in time. */
	async function cutLater(): Promise<void> {
		await sleep(stopMsMax / 2, undefined, { ref: false })
		for (const socket of services.webSockets) socket.tcp.destroy()
		server.server.closeAllConnections()
		await sleep(stopMsMax / 4, undefined, { ref: false })
	}

	return {
		url: urlOf(server.server.address() as AddressInfo),
		stop: () => {
			stopping ??= stop()
			return stopping
		},
	}
}

/** Damaged views must not keep the server from starting for ever. */
function readAtStart<Result>(read: () => Result, directory: string): Result {
	try {
		return read()
	} catch (error) {
		if (!isDamage(error)) throw error
		discardViews(directory)
		throw new Error('the views were damaged and are discarded: start again, and they are built from the log')
	}
}

/** Who was there when the log ended; they have the grace time to come back. */
function whoWasThere(views: Views, log: LogReader) {
	const person = ({ userId, position }: { userId: string; position: number }): Guest => {
		return { kind: 'guest', userId, name: presenceName(log, position) }
	}
	return {
		presences: listPresences(views).map((presence) => ({ person: person(presence), state: presence.state })),
		visits: listAllVisitors(views).map((visitor) => ({ person: person(visitor), roomId: visitor.roomId })),
	}
}

function urlOf({ address, port, family }: AddressInfo): string {
	const isAny = address === '0.0.0.0' || address === '::'
	const host = isAny ? 'localhost' : family === 'IPv6' ? `[${address}]` : address
	return `http://${host}:${port}`
}
