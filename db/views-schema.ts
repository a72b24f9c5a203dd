import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * What can be read, derived from the log alone. The file is disposable: a change here changes the
 * views' fingerprint, and the next start builds a new file by replaying the log.
 *
 * No text of a message is kept here. A view says at which position the text lies, so erasing it in
 * the log erases it everywhere, and a replay after an erasure gives the same rows as before.
 */

/** One row: how far in which log these views are. Commits together with the rows it speaks of. */
export const checkpoint = sqliteTable(
	'checkpoint',
	{
		id: integer('id').primaryKey(),
		logId: text('log_id').notNull(),
		position: integer('position').notNull(),
		/** The log's fingerprint at `position`, in hex. */
		fingerprint: text('fingerprint').notNull(),
	},
	(table) => [check('one_checkpoint', sql`${table.id} = 1`)],
)

export const rooms = sqliteTable('rooms', {
	/** The room's stream: `room-<ulid>`. */
	roomId: text('room_id').primaryKey(),
	slug: text('slug').notNull().unique(),
	title: text('title').notNull(),
	topic: text('topic').notNull(),
	visibility: text('visibility').$type<'open' | 'private'>().notNull(),
	archived: integer('archived', { mode: 'boolean' }).notNull(),
	/** The number of the room's newest message; 0 while there is none. */
	sequence: integer('sequence').notNull(),
	openedPosition: integer('opened_position').notNull(),
})

export const messages = sqliteTable(
	'messages',
	{
		roomId: text('room_id').notNull(),
		sequence: integer('sequence').notNull(),
		messageId: text('message_id').notNull().unique(),
		/** Where the message was posted, and where its text lies. */
		position: integer('position').notNull(),
	},
	(table) => [
		primaryKey({ columns: [table.roomId, table.sequence] }),
		index('messages_by_room_position').on(table.roomId, table.position),
	],
)

/** Who is online or away. Who is offline has no row. */
export const presences = sqliteTable('presences', {
	userId: text('user_id').primaryKey(),
	/** The event that says so, and in whose body the person's name lies. */
	position: integer('position').notNull(),
	state: text('state').$type<'online' | 'away'>().notNull(),
	/** Unix milliseconds. */
	since: integer('since').notNull(),
})

/** Who is visiting a room without being its member. */
export const visitors = sqliteTable(
	'visitors',
	{
		roomId: text('room_id').notNull(),
		userId: text('user_id').notNull(),
		/** The event that says so, and in whose body the person's name lies. */
		position: integer('position').notNull(),
		/** Unix milliseconds. */
		since: integer('since').notNull(),
	},
	(table) => [primaryKey({ columns: [table.roomId, table.userId] })],
)
