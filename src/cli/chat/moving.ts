import { pathOf } from '../../client/server.ts'
import type { RoomAnswer } from '../../protocol/answers.ts'
import { placeOf, printableLine } from '../../protocol/message-line.ts'
import { UsageError } from '../command.ts'
import { roomNamed } from '../remote/room-names.ts'
import type { Talk } from './talk.ts'

/** `/join [room]`: into a room of one's own, or an open one, to which one belongs from then on. */
export async function join(talk: Talk, typed: string): Promise<void> {
	const { chat } = talk
	const room = roomNamed(typed)
	if (room === '') return await listRooms(talk)
	if (!chat.rooms.has(room) && !room.startsWith('@')) {
		// Guests belong nowhere, and are where they look.
		if (chat.user?.role === 'guest') await chat.ask('GET', pathOf(room))
		else await chat.join(room)
	}
	talk.open(room)
}

/** `/leave`: a conversation is only left off. */
export async function leave(talk: Talk): Promise<void> {
	const { view, chat } = talk
	if (view === undefined) return talk.refuse('No room is open.')
	const { room } = view
	if (!room.startsWith('@') && chat.user?.role !== 'guest') await chat.leave(room)
	talk.openAnother(room)
}

/** `/msg @name [text]` */
export function message(talk: Talk, typed: string): void {
	const [, name = '', text = ''] = /^@?(\S*)\s*(.*)$/su.exec(typed) ?? []
	if (name === '') throw new UsageError('/msg takes a name: /msg @name [text]')
	const room = `@${name.toLowerCase()}`
	if (text === '') talk.open(room)
	else talk.send(room, text)
}

async function listRooms(talk: Talk): Promise<void> {
	const rooms = (await talk.chat.browse()).sort((a, b) => (a.room < b.room ? -1 : 1))
	if (rooms.length === 0) return talk.notice('There is no room that you may see.')
	const { paint } = talk.screen
	const width = Math.max(...rooms.map(({ room }) => placeOf(room).length)) + 2
	talk.print(rooms.map((room) => `  ${placeOf(room.room).padEnd(width)}${paint.dim(about(room))}`).join('\n'))
}

function about({ room, title, topic, visibility, archived, unread, role }: RoomAnswer): string {
	return [
		...(visibility === 'direct' ? [] : [role === undefined ? 'not yours yet' : printableLine(visibility)]),
		...(archived ? ['archived'] : []),
		...(unread > 0 ? [`${Number(unread)} unread`] : []),
		...(title === '' || title === room ? [] : [printableLine(title)]),
		...(topic === '' ? [] : [printableLine(topic)]),
	].join(' · ')
}
