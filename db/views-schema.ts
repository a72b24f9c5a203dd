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
	/** The event in whose body title and topic lie. NULL: the room has none but its name. */
	describedPosition: integer('described_position'),
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

/** Who belongs to which room. */
export const members = sqliteTable(
	'members',
	{
		roomId: text('room_id').notNull(),
		userId: text('user_id').notNull(),
		role: text('role').$type<'member' | 'moderator'>().notNull(),
		/** The event that gave the role. */
		position: integer('position').notNull(),
	},
	(table) => [primaryKey({ columns: [table.roomId, table.userId] }), index('members_by_user').on(table.userId)],
)

export const users = sqliteTable('users', {
	/** The person's stream: `user-<ulid>`. */
	userId: text('user_id').primaryKey(),
	/** Finds the account by its name, which itself lies in the log. */
	nameDigest: text('name_digest').notNull().unique(),
	role: text('role').$type<'owner' | 'admin' | 'member' | 'bot'>().notNull(),
	active: integer('active', { mode: 'boolean' }).notNull(),
	/** The events in whose bodies the name, the display name and the password's hash lie. */
	namePosition: integer('name_position').notNull(),
	displayNamePosition: integer('display_name_position'),
	passwordPosition: integer('password_position'),
})

export const sessions = sqliteTable(
	'sessions',
	{
		sessionId: text('session_id').primaryKey(),
		userId: text('user_id').notNull(),
		secretHash: text('secret_hash').notNull().unique(),
		position: integer('position').notNull(),
		/** Unix milliseconds. */
		openedAt: integer('opened_at').notNull(),
		expiresAt: integer('expires_at').notNull(),
	},
	(table) => [index('sessions_by_user').on(table.userId)],
)

export const tokens = sqliteTable(
	'tokens',
	{
		tokenId: text('token_id').primaryKey(),
		userId: text('user_id').notNull(),
		secretHash: text('secret_hash').notNull().unique(),
		scope: text('scope').$type<'read' | 'write' | 'full'>().notNull(),
		/** JSON: the only rooms that it opens. NULL: all of its person's. */
		roomIds: text('room_ids'),
		/** The event in whose body the label lies. */
		position: integer('position').notNull(),
		/** Unix milliseconds. NULL: never. */
		expiresAt: integer('expires_at'),
	},
	(table) => [index('tokens_by_user').on(table.userId)],
)

/** Those that nobody has used. */
export const invitations = sqliteTable('invitations', {
	invitationId: text('invitation_id').primaryKey(),
	codeHash: text('code_hash').notNull().unique(),
	/** Who invites: good for no more than they may give when it is accepted. */
	issuerId: text('issuer_id').notNull(),
	role: text('role').$type<'owner' | 'admin' | 'member' | 'bot'>().notNull(),
	/** JSON. */
	roomIds: text('room_ids').notNull(),
	position: integer('position').notNull(),
	/** Unix milliseconds. */
	expiresAt: integer('expires_at').notNull(),
})

/** Where the events are that an administrator looks through. */
export const audit = sqliteTable('audit', { position: integer('position').primaryKey() })

/** Events whose bodies hold an address that is not erased yet. */
export const addresses = sqliteTable(
	'addresses',
	{
		position: integer('position').primaryKey(),
		/** Unix milliseconds. */
		recordedAt: integer('recorded_at').notNull(),
	},
	(table) => [index('addresses_by_time').on(table.recordedAt)],
)
