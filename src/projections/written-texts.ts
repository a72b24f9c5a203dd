import type { EndsAnother } from '../events/catalogue.ts'
import type { Position } from '../events/log.ts'
import { isAccount } from './names.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

/**
 * Where the texts lie that somebody with an account has written outside of messages: titles and topics of rooms,
 * and why others were banned or muted. For when the person is erased, with what they wrote.
 */
export const writtenTexts: Projection = {
	name: 'written_texts',
	version: 1,
	handles: {
		RoomOpened(views, event) {
			if (event.data.described === true) keep(views, event.metadata.actor, event.position)
		},
		RoomChanged(views, event) {
			const { titleBy, topicBy } = writersOf(event)
			for (const userId of new Set([titleBy, topicBy])) keep(views, userId, event.position)
		},
		PersonBanned: keepReason,
		PersonMuted: keepReason,
		BanLifted: (views, { data }) => forget(views, data.erases),
		MuteLifted: (views, { data }) => forget(views, data.erases),
		TextsErased: (views, { data }) => forget(views, data.erases),
		UserErased: (views, { data }) => forget(views, data.erases),
	},
}

/** The oldest first. */
export function listWrittenTexts(views: Views, userId: string, limit: number): Position[] {
	const sql = 'SELECT position FROM written_texts WHERE user_id = ? ORDER BY position LIMIT ?'
	return views.prepare(sql).pluck().all(userId, limit) as Position[]
}

/** Whose words the title and the topic are that an event gives to a room. */
export function writersOf({ metadata: { actor }, data: { titleBy = actor, topicBy = actor } }: Described): Writers {
	return { titleBy, topicBy }
}

export interface Writers {
	titleBy: string
	topicBy: string
}

interface Described {
	metadata: { actor: string }
	data: { room: string; titleBy?: string; topicBy?: string }
}

interface Imposed {
	position: Position
	metadata: { actor: string }
	data: EndsAnother & { userId: string }
}

function keepReason(views: Views, { position, metadata, data }: Imposed): void {
	forget(views, data.erases)
	keep(views, metadata.actor, position)
}

function keep(views: Views, userId: string, position: Position): void {
	if (isAccount(userId)) views.run('INSERT INTO written_texts VALUES (?, ?)', userId, position)
}

function forget(views: Views, positions: readonly Position[] = []): void {
	for (const position of positions) views.run('DELETE FROM written_texts WHERE position = ?', position)
}
