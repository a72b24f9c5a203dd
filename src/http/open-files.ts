import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { connectionsMax, filesKept, refusedQuietMs, roomEveryMs, socketsMin, webhooksAtOnceMax } from './limits.ts'
import type { ServerLog } from './server-log.ts'

/*
 * Every connection is an open file, of which the operating system allows so many. SQLite, webhooks and the commands
 * of the administration need some too, and without them what was kept could not be read: so the
 * connections get what the others leave.
 */

/** How the files that the operating system allows are shared out. */
export interface Share {
	/** Connections of any kind, also idle ones. */
	sockets: number
	/** Of them, streams and WebSockets: what is asked meanwhile still finds a place. */
	streams: number
	/** Webhooks that post at once. */
	webhooks: number
}

/** Shares out so many. Absent: as many as this process may open. Throws if nobody could be served with that. */
export function shareFiles(allowed: number = filesAllowed()): Share {
	const webhooks = Math.min(webhooksAtOnceMax, Math.floor(allowed / 8))
	const sockets = allowed - filesKept - webhooks
	if (sockets < socketsMin) {
		throw new Error(
			`The operating system allows this process ${allowed} open files, which is too few to serve anybody: ` +
				'raise it with ulimit -n, or by LimitNOFILE= in its unit, to 1024 at least',
		)
	}
	return { sockets, streams: Math.min(connectionsMax, Math.floor(sockets * 0.9)), webhooks }
}

/** Only Linux says it like this; elsewhere there is no bound but the one on streams. */
function filesAllowed(): number {
	if (process.platform !== 'linux') return Number.POSITIVE_INFINITY
	const [, allowed] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
	return allowed === undefined ? Number.POSITIVE_INFINITY : Number(allowed)
}

/**
 * Keeps the connections of a server within its share. Beyond it whoever comes is cut at once, so that they try again soon
 * instead of waiting for nothing, and so are those who ask nothing: they make room. Those who follow go on.
 */
export function boundSockets(server: Server, { sockets }: Share, serverLog: ServerLog): void {
	if (sockets === Number.POSITIVE_INFINITY) return
	server.maxConnections = sockets
	let refusedAt = Number.NEGATIVE_INFINITY
	let madeRoomAt = Number.NEGATIVE_INFINITY
	server.on('drop', () => {
		const now = performance.now()
		if (now - refusedAt > refusedQuietMs) {
			serverLog.warn(
				`New connections are refused: ${sockets} are open, as many as the operating system allows this process beside its ` +
					'files. Raise it with ulimit -n, or by LimitNOFILE= in its unit',
			)
		}
		refusedAt = now
		// All connections are looked at for that, so not for each that comes.
		if (now - madeRoomAt < roomEveryMs) return
		madeRoomAt = now
		server.closeIdleConnections()
	})
}
