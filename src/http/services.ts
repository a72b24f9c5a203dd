import type { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { Actor } from '../commands/actor.ts'
import type { Writer } from '../commands/writer.ts'
import type { LogReader } from '../events/log.ts'
import type { NameOf } from '../projections/names.ts'
import type { Room } from '../projections/rooms.ts'
import type { Views } from '../projections/views.ts'
import type { Search } from '../search/search.ts'
import type { Attempts } from './auth/attempts.ts'
import type { Identities } from './auth/identities.ts'
import type { SetupCode } from './auth/setup-code.ts'
import type { Uses } from './auth/uses.ts'
import type { HttpConfig } from './config.ts'
import type { ConnectionCount } from './connection-count.ts'
import type { Consumers } from './consumers.ts'
import type { Delivery } from './delivery/delivery.ts'
import type { FrameSources } from './delivery/frame.ts'
import type { Figures } from './metrics/figures.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { PageFile } from './page/page-files.ts'
import type { Leases } from './presence/leases.ts'
import type { RateLimit } from './rate-limit.ts'
import type { ReadMarkers } from './read-markers.ts'
import type { ServerLog } from './server-log.ts'
import type { PublicAddresses } from './webhooks/public-addresses.ts'
import type { Webhooks } from './webhooks/webhooks.ts'

/** What the routes work with. */
export interface Services {
	log: LogReader
	views: Views
	/** What somebody with an account is called. */
	nameOf: NameOf
	/** Why what somebody said is not shown (any more). */
	erasureOf: FrameSources['erasureOf']
	/** The same in a room that is just as the views have it. */
	erasuresIn(room: Room): FrameSources['erasureOf']
	writer: Writer
	identities: Identities
	uses: Uses
	attempts: Attempts
	/** There until the server has an owner. */
	setupCode: SetupCode | undefined
	delivery: Delivery
	consumers: Consumers
	webhooks: Webhooks
	/** Where webhooks may go. */
	webhookAddresses: PublicAddresses
	search: Search
	leases: Leases
	readMarkers: ReadMarkers
	/** Of what is posted. */
	postLimit: RateLimit
	/** Of whatever is asked for. */
	requestLimit: RateLimit
	/** The app, by the paths at which its files are served. */
	page: ReadonlyMap<string, PageFile>
	config: HttpConfig
	/** Where this server listens; empty where it listens nowhere. */
	url(): string
	/** True from the signal to stop: streams are refused with `bye`, everything else still answers. */
	isStopping(): boolean
	connections: ConnectionCount
	webSockets: Set<OpenWebSocket>
	/** What is counted as it happens. */
	figures: Figures
	metrics: Metrics
	/** Where the administration on the machine asks. */
	controlPath: string
	serverLog: ServerLog
	/** A failure of our own, for the server's log; with the request that met it, if it was one. */
	failed(error: unknown, request?: FastifyRequest): void
}

/** What the stop does with a WebSocket. */
export interface OpenWebSocket {
	readonly tcp: Socket
	/** Undefined until its client has said who they are. */
	readonly actor: Actor | undefined
	/** Asks for its user's rights again, and closes if there are none left. */
	renew(): void
	close(code: number, reason: string): void
}
