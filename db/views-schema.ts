import { isNotNull, isNull, sql } from 'drizzle-orm'
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
	/** The room's stream: `room-<ulid>`, or `direct-<ulid>-<ulid>` for a direct conversation. */
	roomId: text('room_id').primaryKey(),
	/** NULL: a direct conversation, which each of the two calls by the other's name. */
	slug: text('slug').unique(),
	/** The event in whose body title and topic lie. NULL: the room has none but its name. */
	describedPosition: integer('described_position'),
	visibility: text('visibility').$type<'open' | 'private' | 'direct'>().notNull(),
	archived: integer('archived', { mode: 'boolean' }).notNull(),
	/** The number of the room's newest message; 0 while there is none. */
	sequence: integer('sequence').notNull(),
	/** All messages up to there are erased. */
	clearedSequence: integer('cleared_sequence').notNull(),
	/** Nothing is shown up to there, whatever is kept now. */
	floorSequence: integer('floor_sequence').notNull(),
	openedPosition: integer('opened_position').notNull(),
	/** What of its messages is kept. NULL: as the server is told for all rooms. */
	historyLimit: integer('history_limit'),
	historyTtlMs: integer('history_ttl_ms'),
})

export const messages = sqliteTable(
	'messages',
	{
		roomId: text('room_id').notNull(),
		sequence: integer('sequence').notNull(),
		messageId: text('message_id').notNull().unique(),
		/** Where the message was posted, and where its first text lies. */
		position: integer('position').notNull(),
		authorId: text('author_id').notNull(),
		/** It is its author's so-manieth in this room: what somebody wrote after a place is a difference. */
		authorSequence: integer('author_sequence').notNull(),
		/** Unix milliseconds. */
		recordedAt: integer('recorded_at').notNull(),
		/** The id of the message that it answers. */
		replyTo: text('reply_to'),
		/** Where its text of now lies, if that is not its first. */
		editedPosition: integer('edited_position'),
		/** Why it has no text any more. NULL: it has one. */
		erased: text('erased').$type<'author' | 'moderator' | 'retention' | 'person'>(),
	},
	(table) => [
		primaryKey({ columns: [table.roomId, table.sequence] }),
		index('messages_by_room_position').on(table.roomId, table.position),
		index('messages_by_author').on(table.authorId, table.roomId, table.sequence),
		// What is erased leaves it: whoever erases all of a person's messages meets none of them twice.
		index('messages_kept').on(table.authorId, table.position).where(isNull(table.erased)),
		index('messages_by_answered').on(table.replyTo, table.sequence).where(isNotNull(table.replyTo)),
		index('messages_erased').on(table.roomId, table.sequence).where(isNotNull(table.erased)),
	],
)

/** Where the later texts of messages lie. */
export const edits = sqliteTable(
	'edits',
	{
		messageId: text('message_id').notNull(),
		position: integer('position').notNull(),
	},
	(table) => [primaryKey({ columns: [table.messageId, table.position] })],
)

/** Who reacted to what, also what was taken back, so that it can be asked how it was. */
export const reactions = sqliteTable(
	'reactions',
	{
		messageId: text('message_id').notNull(),
		/** The event that says so, and in whose body a guest's name lies. */
		position: integer('position').notNull(),
		userId: text('user_id').notNull(),
		emoji: text('emoji').notNull(),
		/** The event that took it back. NULL: it holds. */
		removedPosition: integer('removed_position'),
	},
	(table) => [primaryKey({ columns: [table.messageId, table.position] })],
)

/** Whom the messages that have a text call upon; who wrote one is not called upon by it. */
export const mentions = sqliteTable(
	'mentions',
	{
		roomId: text('room_id').notNull(),
		/** `room`: everybody in it. */
		userId: text('user_id').notNull(),
		sequence: integer('sequence').notNull(),
		authorId: text('author_id').notNull(),
	},
	(table) => [
		primaryKey({ columns: [table.roomId, table.userId, table.sequence] }),
		index('mentions_by_message').on(table.roomId, table.sequence),
	],
)

/** How far somebody has read in a room. */
export const readMarkers = sqliteTable(
	'read_markers',
	{
		roomId: text('room_id').notNull(),
		userId: text('user_id').notNull(),
		sequence: integer('sequence').notNull(),
	},
	(table) => [primaryKey({ columns: [table.roomId, table.userId] }), index('read_markers_by_user').on(table.userId)],
)

/** Who is online or away. Who is offline has no row. */
export const presences = sqliteTable('presences', {
	userId: text('user_id').primaryKey(),
	/** The event that says so, and in whose body the person's name lies. */
	position: integer('position').notNull(),
	state: text('state').$type<'online' | 'away'>().notNull(),
	/** Away because they did nothing, and not by choice. */
	idle: integer('idle', { mode: 'boolean' }).notNull(),
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
	(table) => [
		primaryKey({ columns: [table.roomId, table.userId] }),
		index('members_by_user').on(table.userId, table.roomId),
	],
)

/** Who belonged to which room as what, and does not any more. */
export const pastMembers = sqliteTable(
	'past_members',
	{
		roomId: text('room_id').notNull(),
		userId: text('user_id').notNull(),
		role: text('role').$type<'member' | 'moderator'>().notNull(),
		/** The event that gave the role. */
		position: integer('position').notNull(),
		/** The event that took it, or gave another. */
		untilPosition: integer('until_position').notNull(),
	},
	(table) => [
		primaryKey({ columns: [table.roomId, table.userId, table.position] }),
		index('past_members_by_end').on(table.roomId, table.untilPosition),
	],
)

/** Who may not enter a room, or may say nothing in it; who was let off has no row. */
export const sanctions = sqliteTable(
	'sanctions',
	{
		roomId: text('room_id').notNull(),
		userId: text('user_id').notNull(),
		kind: text('kind').$type<'ban' | 'mute'>().notNull(),
		/** The event in whose body the reason lies. */
		position: integer('position').notNull(),
		/** Unix milliseconds. NULL: until it is lifted. */
		untilMs: integer('until_ms'),
	},
	(table) => [
		primaryKey({ columns: [table.roomId, table.userId, table.kind] }),
		index('sanctions_by_user').on(table.userId),
	],
)

/** Bans and mutes of guests whose names, and why, are not erased yet. */
export const sanctionTexts = sqliteTable(
	'sanction_texts',
	{
		position: integer('position').primaryKey(),
		/** Unix milliseconds. NULL: until it is lifted. */
		untilMs: integer('until_ms'),
	},
	(table) => [index('sanction_texts_by_end').on(table.untilMs).where(isNotNull(table.untilMs))],
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
	/** There is nobody behind it any more: called `erased-<number>`. */
	erasedNumber: integer('erased_number').unique(),
	/** What they wrote is to be erased too. */
	erasesMessages: integer('erases_messages', { mode: 'boolean' }).notNull(),
})

/** Where the texts that name somebody with an account lie, or what they came with, until they are erased. */
export const personalTexts = sqliteTable(
	'personal_texts',
	{
		userId: text('user_id').notNull(),
		position: integer('position').notNull(),
	},
	(table) => [
		primaryKey({ columns: [table.userId, table.position] }),
		index('personal_texts_by_position').on(table.position),
	],
)

/** Where titles and topics lie, and reasons for bans and mutes, by who wrote them, until they are erased. */
export const writtenTexts = sqliteTable(
	'written_texts',
	{
		userId: text('user_id').notNull(),
		position: integer('position').notNull(),
	},
	(table) => [
		primaryKey({ columns: [table.userId, table.position] }),
		index('written_texts_by_position').on(table.position),
	],
)

/** Events about who is here whose bodies hold the name of a guest that is not erased yet. */
export const presenceTexts = sqliteTable(
	'presence_texts',
	{
		position: integer('position').primaryKey(),
		/** Unix milliseconds. */
		recordedAt: integer('recorded_at').notNull(),
	},
	(table) => [index('presence_texts_by_time').on(table.recordedAt)],
)

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

/** By which programs say something in a room. */
export const hooks = sqliteTable(
	'hooks',
	{
		hookId: text('hook_id').primaryKey(),
		userId: text('user_id').notNull(),
		roomId: text('room_id').notNull(),
		/** The event in whose body the label and the secret lie. */
		position: integer('position').notNull(),
		/** Whether the secret may stand in the address. */
		secretInUrl: integer('secret_in_url', { mode: 'boolean' }).notNull(),
	},
	(table) => [index('hooks_by_user').on(table.userId)],
)

/** By which what happens is posted to an address. */
export const webhooks = sqliteTable(
	'webhooks',
	{
		webhookId: text('webhook_id').primaryKey(),
		userId: text('user_id').notNull(),
		/** NULL: all rooms of its user. */
		roomId: text('room_id'),
		/** The event in whose body the address and the secret lie. */
		position: integer('position').notNull(),
	},
	(table) => [index('webhooks_by_user').on(table.userId)],
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
