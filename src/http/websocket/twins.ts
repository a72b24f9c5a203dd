import type { Person } from '../../commands/actor.ts'
import { findMessage } from '../../projections/messages.ts'
import { accessibleRoom, roomNamed } from '../access.ts'
import { webSocketHistoryCharsMax, webSocketHistoryDefault } from '../limits.ts'
import { clear } from '../routes/clearing.ts'
import { readHistory } from '../routes/history.ts'
import { editMessage } from '../routes/messages.ts'
import { setPresence } from '../routes/presence.ts'
import { react } from '../routes/reactions.ts'
import { markRead } from '../routes/reads.ts'
import type { Services } from '../services.ts'
import type { ClientMessage, ClientMessageOf } from './messages.ts'

/** What is asked over WebSocket as it is over HTTP, by one message and one answer. */
export type Twin = Exclude<
	ClientMessage,
	{ type: 'hello' | 'subscribe' | 'unsubscribe' | 'publish' | 'ack' | 'typing' }
>

/** Who asks, and from where. */
interface Asker {
	person: Person
	address: string
}

/** Does what a message asks for, and gives the answer. */
export async function answerTo(services: Services, asker: Asker, message: Twin): Promise<Record<string, unknown>> {
	const { person } = asker
	switch (message.type) {
		case 'react':
			return await reactTo(services, asker, message)
		case 'edit':
			return await edit(services, asker, message)
		case 'delete':
			return await deleteMessage(services, asker, message)
		case 'get_history':
			return history(services, asker, message)
		case 'clear_history': {
			const room = accessibleRoom(services.views, person, 'moderate', message.room)
			return { type: 'cleared', ...(await clear(services, person, room, message.through)) }
		}
		case 'presence':
			return { type: 'presence_set', ...(await setPresence(services, person, message.state)) }
		case 'read': {
			const room = accessibleRoom(services.views, person, 'mark-read', message.room)
			return { type: 'marked', ...(await markRead(services, person, room, message.sequence)) }
		}
	}
}

async function reactTo(
	services: Services,
	{ person, address }: Asker,
	{ room: named, id, emoji: given, action = 'add' }: ClientMessageOf<'react'>,
): Promise<Record<string, unknown>> {
	const { room, emoji } = await react(services, person, address, { room: named, messageId: id, emoji: given, action })
	return { type: 'reacted', room, id, emoji, action }
}

async function edit(
	services: Services,
	{ person, address }: Asker,
	{ room: named, id, content }: ClientMessageOf<'edit'>,
): Promise<Record<string, unknown>> {
	const room = roomNamed(person, named)
	const place = await editMessage(services, person, address, { room, messageId: id, content })
	return { type: 'edited', room, id, sequence: place.sequence, position: place.editedPosition ?? place.position }
}

async function deleteMessage(
	{ writer, views }: Services,
	{ person }: Asker,
	{ room: named, id }: ClientMessageOf<'delete'>,
): Promise<Record<string, unknown>> {
	const room = roomNamed(person, named)
	await writer.submit(person, { type: 'DeleteMessage', room, messageId: id })
	return { type: 'deleted', room, id, sequence: findMessage(views, id)?.sequence }
}

function history(
	services: Services,
	{ person }: Asker,
	{ room: named, type: _type, ref: _ref, ...where }: ClientMessageOf<'get_history'>,
): Record<string, unknown> {
	const room = accessibleRoom(services.views, person, 'read', named)
	const { messages, cursor } = readHistory(services, room, person.userId, where, {
		limit: webSocketHistoryDefault,
		chars: webSocketHistoryCharsMax,
	})
	return { type: 'history', room: room.slug, messages, cursor }
}
