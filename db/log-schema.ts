import { sql } from 'drizzle-orm'
import { blob, check, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * The log: one row an event, in the order of `position`. What may change after the insert is
 * fixed by triggers (see the first migrations): nothing, but that `body` and `salt` go to NULL.
 */
export const events = sqliteTable(
	'events',
	{
		/** The place of the event: the rowid. AUTOINCREMENT, so that SQLite never gives it again. */
		position: integer('position').primaryKey({ autoIncrement: true }),
		/**
		 * Where the event is heard: `room-<ulid>`, `direct-<ulid>-<ulid>`,
		 * `reads-<room's stream>-<user-<ulid>>`, `user-<ulid>`, `guest-<hash>`, `server`.
		 */
		streamId: text('stream_id').notNull(),
		/** Unique; `<userId>:<client key>` where the client gave an idempotency key. */
		eventId: text('event_id').notNull().unique(),
		type: text('type').notNull(),
		schemaVersion: integer('schema_version').notNull(),
		/** Unix milliseconds. */
		recordedAt: integer('recorded_at').notNull(),
		/** JSON: who caused the event. */
		metadata: text('metadata').notNull(),
		/** JSON: the facts that stay. Never personal text. */
		data: text('data').notNull(),
		/** JSON: personal text. NULL if there was none, or once it is erased. */
		body: text('body'),
		/** 16 random bytes beside a body, so that an erased short text cannot be guessed from its digest. */
		salt: blob('salt', { mode: 'buffer' }),
		/** SHA-256(salt ‖ body). Stays when the body is erased. */
		bodyDigest: blob('body_digest', { mode: 'buffer' }),
		/** SHA-256 over the previous fingerprint and this row: see fingerprint.ts. */
		fingerprint: blob('fingerprint', { mode: 'buffer' }).notNull(),
	},
	(table) => [
		index('events_by_stream').on(table.streamId, table.position),
		check('position_is_positive', sql`${table.position} > 0`),
	],
)

/** One row: which log this is. A log restored from a copy keeps the identity of its original. */
export const logIdentity = sqliteTable(
	'log_identity',
	{
		id: integer('id').primaryKey(),
		/** 16 random bytes in hex, made with the file. */
		logId: text('log_id').notNull(),
	},
	(table) => [check('one_row', sql`${table.id} = 1`)],
)

/**
 * When a session or a token was last used. No event, since it happens with every request and nothing
 * is decided by it but when a session has been idle for too long.
 */
export const credentialUses = sqliteTable('credential_uses', {
	credentialId: text('credential_id').primaryKey(),
	/** Unix milliseconds. */
	usedAt: integer('used_at').notNull(),
})

/**
 * How far those who read for somebody have come: a cursor a name, kept for them. No event, since it moves
 * with every message that is read, and nothing is decided by it.
 */
export const consumers = sqliteTable(
	'consumers',
	{
		userId: text('user_id').notNull(),
		name: text('name').notNull(),
		/** Everything up to there is done with. */
		position: integer('position').notNull(),
		/** Unix milliseconds. */
		movedAt: integer('moved_at').notNull(),
	},
	(table) => [primaryKey({ columns: [table.userId, table.name] })],
)
