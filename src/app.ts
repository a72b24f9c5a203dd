import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Somebody } from './commands/actor.ts'
import { startChores } from './commands/chores.ts'
import { JumpWatch } from './commands/jump-watch.ts'
import { Refusal } from './commands/refusal.ts'
import { startRetention } from './commands/retention.ts'
import { startWriter } from './commands/writer.ts'
import type { HistoryLimits } from './events/catalogue.ts'
import { isDamage } from './events/database.ts'
import { startDeepReader } from './events/deep-reader.ts'
import { lockDirectory } from './events/lock.ts'
import { makeDataDirectory } from './events/new-directory.ts'
import { openLogForReading } from './events/sqlite-log.ts'
import { Attempts } from './http/auth/attempts.ts'
import { Identities } from './http/auth/identities.ts'
import { setupCodeOf } from './http/auth/setup-code.ts'
import { Uses } from './http/auth/uses.ts'
import type { HttpConfig } from './http/config.ts'
import { ConnectionCount } from './http/connection-count.ts'
import { Consumers } from './http/consumers.ts'
import { controlPath, listenForControl } from './http/control.ts'
import { Delivery } from './http/delivery/delivery.ts'
import { Erasures } from './http/delivery/erasures.ts'
import { Floors } from './http/delivery/floors.ts'
import { limitBurstSeconds, postsPerSecondDefault, requestsPerPost, stopMsMax } from './http/limits.ts'
import { Figures } from './http/metrics/figures.ts'
import { Metrics } from './http/metrics/metrics.ts'
import { boundSockets, shareFiles } from './http/open-files.ts'
import { readPageFiles } from './http/page/page-files.ts'
import { Leases } from './http/presence/leases.ts'
import { RateLimit } from './http/rate-limit.ts'
import { ReadMarkers } from './http/read-markers.ts'
import { type PresenceSources, presenceName } from './http/routes/presence.ts'
import { buildServer } from './http/server.ts'
import { openServerLog, type ServerLog } from './http/server-log.ts'
import type { Services } from './http/services.ts'
import { Poster } from './http/webhooks/post.ts'
import { PublicAddresses } from './http/webhooks/public-addresses.ts'
import { Webhooks } from './http/webhooks/webhooks.ts'
import { discardViews, viewsPath } from './projections/files.ts'
import { isGuest, Names } from './projections/names.ts'
import { listAllVisitors, listPresences } from './projections/presence.ts'
import { floorOf } from './projections/retention.ts'
import type { Room } from './projections/rooms.ts'
import { openViewsForReading, type Views } from './projections/views.ts'
import { startSearch } from './search/search.ts'

export interface AppOptions extends HttpConfig {
	/** Made if it is missing. Everything that must last lies in it. */
	directory: string
	host: string
	/** 0 picks a free one; undefined: nobody is answered but at the control socket. */
	port: number | undefined
	/** Posts a second and caller, and ten times as many requests; 0 is no limit. Absent: none for callers on this machine. */
	postsPerSecond?: number | undefined
	presenceGraceMs: number
	/** What is kept of the messages of rooms that say nothing else. Absent: all. */
	history?: HistoryLimits
	/** How often it is looked for what is to be erased by that. Absent: a minute. */
	retentionEveryMs?: number
	/** Silence after which a stream gets a mark. Absent: what the contract says. */
	heartbeatMs?: number
	/** A reader that does not drain for so long is closed. Absent: a minute. */
	drainMs?: number
	/** Who did nothing for so long is away. Absent: what the contract says. */
	awayMs?: number
	/** With more present, a room's joins and leaves are told as a count. Absent: what the contract says. */
	toldOneByOneMax?: number
	/** Between two counts of a room. Absent: what the contract says. */
	presenceCountMs?: number
	/** A read marker is recorded no more often than this. Absent: every 5 s. */
	readMarkerEveryMs?: number
	/** Between the first two tries of a webhook. Absent: a second. */
	webhookRetryMs?: number
	/** So long a webhook that fails is tried. Absent: a week. */
	webhookTriedMs?: number
	/** A search that is not done by then answers with what it has. Absent: a second. */
	searchMsMax?: number
	/** Where the app is as it was built. Absent: where the build puts it. */
	pageDirectory?: string
	/** Until the server has an owner: there is a setup code, or another one than before. */
	setupCodeChanged?(code: string): void
	/** Where failures are told. Absent: JSON lines on stderr. */
	serverLog?: ServerLog
	/** The server cannot go on, and the process must end: what is on the disk is not known any more. */
	fatal(error: Error): void
}

export interface App {
	/** Where it listens, for example `http://127.0.0.1:8080`; empty where it listens nowhere. */
	url: string
	/** Whoever has it becomes the owner; undefined: there is one. */
	setupCode(): string | undefined
	/** Finishes what is in flight, says goodbye to everybody, closes the files. */
	stop(): Promise<void>
}

/** Composes the server and starts to listen. Resolves when the views are at the head of the log. */
export async function startApp(options: AppOptions): Promise<App> {
	const { directory, history = {}, serverLog = openServerLog() } = options
	const files = shareFiles()
	makeDataDirectory(directory)
	const lock = lockDirectory(directory)

	const figures = new Figures()

	// The one write path: a thread that owns both files.
	const writer = await startWriter(
		{ directory, history },
		{
			headMoved(concerned) {
				// At once: whoever is told that somebody has lost a right can rely on it.
				if (concerned.length > 0) forget(concerned)
				delivery.headMoved()
				search.headMoved()
			},
			viewsReplaced(path) {
				views.become(openViewsForReading(path))
				names.forgetAll()
				floors.forget()
				identities.forgetAll()
				delivery.viewsReplaced()
				webhooks.viewsReplaced()
			},
			committed: (commit) => figures.committed(commit),
			commandFailed: ({ id, type, error }) => {
				figures.failures += 1
				serverLog.error({ err: error, command: type, id }, 'a command failed')
			},
			failed: options.fatal,
		},
	).catch((error: unknown) => {
		lock.release()
		throw error
	})

	// Everybody else reads.
	const logPath = join(directory, 'log.db')
	const log = openLogForReading(logPath)
	const views = openViewsForReading(viewsPath(directory))
	const deepReader = startDeepReader(logPath, options.fatal)

	const names = new Names(views, log)
	const { of: nameOf } = names
	const floors = new Floors(views, history)
	const erasures = new Erasures(views, log, floors)
	const { of: erasureOf } = erasures
	const floorIn = (room: Room) => floorOf(views, room, history, Date.now())
	const uses = new Uses(log, writer)
	const identities = new Identities({ log, views, nameOf, uses, config: options })
	const forget = (userIds: readonly string[]) => {
		names.forget(userIds)
		identities.forget(userIds)
	}

	let stopping: Promise<void> | undefined
	const failed: Services['failed'] = (error, request) => {
		// A command that failed is counted where it did.
		if (!(error instanceof Refusal)) figures.failures += 1
		const { log = serverLog, method, routeOptions } = request ?? {}
		// The route and not the address, in which there may be a secret.
		log.error({ err: error, ...(method === undefined ? {} : { method, route: routeOptions?.url }) })
		// The views are disposable: if it is they that are damaged, the next start shall not meet them.
		if (isDamage(error)) discardViews(directory)
	}
	const delivery = new Delivery({
		log,
		views,
		frames: { nameOf, erasureOf },
		happened(event) {
			floors.changedBy(event)
			webhooks.changedBy(event)
		},
		deepReader,
		renew: (actor) => identities.renew(actor),
		forget,
		renewConnections(isConcerned) {
			for (const socket of services.webSockets) if (socket.actor && isConcerned(socket.actor)) socket.renew()
			if (identities.hasOwner) services.setupCode?.remove()
		},
		visits: (userId, roomId) => leases.visits(userId, roomId),
		failed,
		...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
		...(options.drainMs === undefined ? {} : { drainMs: options.drainMs }),
		...(options.toldOneByOneMax === undefined ? {} : { toldOneByOneMax: options.toldOneByOneMax }),
		...(options.presenceCountMs === undefined ? {} : { presenceCountMs: options.presenceCountMs }),
	})
	const consumers = new Consumers(log, writer, (consumer, write) => webhooks.move(consumer, write))
	const limits = limitsOf(options)
	const webhookAddresses = new PublicAddresses(options.webhookNetworks)
	const webhooks = new Webhooks({
		views,
		log,
		writer,
		identities,
		delivery,
		consumers,
		poster: new Poster(webhookAddresses, files.webhooks),
		postLimit: limits.postLimit,
		version: options.version,
		failed,
		retryMs: options.webhookRetryMs,
		triedMs: options.webhookTriedMs,
	})
	const search = startSearch({
		directory,
		failed(error) {
			figures.failures += 1
			serverLog.error(error)
		},
		...(options.searchMsMax === undefined ? {} : { msMax: options.searchMsMax }),
	})
	const leases = new Leases({
		writer,
		graceMs: options.presenceGraceMs,
		...(options.awayMs === undefined ? {} : { awayMs: options.awayMs }),
		recorded: readAtStart(() => whoWasThere(views, { log, nameOf }), directory),
	})
	const readMarkers = new ReadMarkers({
		views,
		writer,
		floorIn,
		failed,
		...(options.readMarkerEveryMs === undefined ? {} : { everyMs: options.readMarkerEveryMs }),
	})
	const services: Services = {
		log,
		views,
		nameOf,
		erasureOf,
		erasuresIn: (room) => erasures.upTo(floorIn(room)),
		writer,
		identities,
		uses,
		attempts: new Attempts(writer),
		setupCode: setupCodeOf(directory, identities.hasOwner, (code) => options.setupCodeChanged?.(code)),
		delivery,
		consumers,
		webhooks,
		webhookAddresses,
		search,
		leases,
		readMarkers,
		...limits,
		page: readPageFiles(options.pageDirectory),
		config: options,
		url: () => url,
		isStopping: () => stopping !== undefined,
		connections: new ConnectionCount(files.streams),
		webSockets: new Set(),
		figures,
		metrics: new Metrics(directory, () => services),
		controlPath: controlPath(directory),
		serverLog,
		failed,
	}
	const server = await buildServer(services)
	boundSockets(server.server, files, serverLog)
	if (writer.warning !== undefined) serverLog.warn(writer.warning)
	if (options.port !== undefined) await server.listen({ host: options.host, port: options.port })
	else await server.ready()
	leases.listening()
	figures.start()
	if (options.port !== undefined) readAtStart(() => webhooks.start(), directory)
	const url = options.port === undefined ? '' : urlOf(server.server.address() as AddressInfo)
	const control = await listenForControl(directory, server.routing)
	const chores = startChores(writer, failed)
	const clock = new JumpWatch(log, (text) => serverLog.warn(text))
	const retention = startRetention(writer, views, history, failed, clock, options.retentionEveryMs)

	async function stop(): Promise<void> {
		figures.stop()
		chores.stop()
		retention.stop()
		services.setupCode?.stop()
		uses.stop()
		readMarkers.stop()
		leases.stop()
		await webhooks.stop()
		// What is in flight is acknowledged or refused, and those who follow still hear it.
		await writer.stop()
		delivery.advance()
		delivery.stop('stopping')
		for (const socket of services.webSockets) socket.close(4001, 'the server is stopping')
		control.close()
		control.closeIdleConnections()
		await Promise.race([server.close(), cutLater()])
		control.closeAllConnections()
		await deepReader.stop()
		await search.stop()
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
		url,
		setupCode: () => (identities.hasOwner ? undefined : services.setupCode?.text),
		stop: () => {
			stopping ??= stop()
			return stopping
		},
	}
}

/** What one caller may do, that others notice nothing of it. */
function limitsOf({ postsPerSecond }: AppOptions): Pick<Services, 'postLimit' | 'requestLimit'> {
	const sparesLoopback = postsPerSecond === undefined
	const perSecond = postsPerSecond ?? postsPerSecondDefault
	const says = {
		posts: (n: number) => `You may post ${n} messages a second.`,
		requests: (n: number) => `You may ask ${n} times a second.`,
	}
	return {
		postLimit: new RateLimit({ says: says.posts, perSecond, burstSeconds: limitBurstSeconds, sparesLoopback }),
		requestLimit: new RateLimit({
			says: says.requests,
			perSecond: perSecond * requestsPerPost,
			burstSeconds: limitBurstSeconds,
			sparesLoopback,
		}),
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
function whoWasThere(views: Views, sources: PresenceSources) {
	const person = ({ userId, position }: { userId: string; position: number }): Somebody => {
		const kind = isGuest(userId) ? 'guest' : 'user'
		return { kind, userId, name: presenceName(sources, position) }
	}
	return {
		presences: listPresences(views).map((presence) => ({
			person: person(presence),
			standing: presence.idle === 1 ? ('idle' as const) : presence.state,
		})),
		visits: listAllVisitors(views).map((visitor) => ({ person: person(visitor), roomId: visitor.roomId })),
	}
}

function urlOf({ address, port, family }: AddressInfo): string {
	const isAny = address === '0.0.0.0' || address === '::'
	const host = isAny ? 'localhost' : family === 'IPv6' ? `[${address}]` : address
	return `http://${host}:${port}`
}
