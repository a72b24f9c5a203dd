import type { Chat } from '../../client/chat.ts'
import { placeOf } from '../../protocol/message-line.ts'
import { commandNames } from './commands.ts'
import type { RoomView } from './room-view.ts'

/** What Tab makes of a text: commands, rooms behind those that take one, and names. */
export function complete(text: string, { chat, view }: { chat: Chat; view: RoomView | undefined }): [string[], string] {
	if (/^\/\S*$/.test(text))
		return matching(
			text,
			commandNames.map((name) => `/${name} `),
		)
	const word = /\S*$/.exec(text)?.[0] ?? ''
	if (/^\/join\s+\S*$/i.test(text)) {
		return matching(
			word,
			rooms(chat).map((room) => `${word.startsWith('#') ? placeOf(room) : room} `),
		)
	}
	const isName = word.startsWith('@') || /^\/msg\s+\S*$/i.test(text)
	if (isName)
		return matching(
			word,
			names(chat, view).map((name) => `@${name} `),
		)
	if (word.startsWith('#') && word !== '#')
		return matching(
			word,
			rooms(chat).map((room) => `${placeOf(room)} `),
		)
	return [[], text]
}

/** What else a server says is the name of a room nobody could type. */
function rooms(chat: Chat): string[] {
	return [...chat.rooms.keys()].filter((room) => /^@?[a-z0-9._-]+$/.test(room))
}

/** Whoever is known here, those of the room on the screen first. */
function names(chat: Chat, view: RoomView | undefined): string[] {
	const room = view === undefined ? undefined : chat.rooms.get(view.room)
	const known = [
		...(view?.messages.map(({ sender }) => sender) ?? []),
		...(room?.members?.map(({ userId }) => userId) ?? []),
		...chat.presence.keys(),
		...[...chat.rooms.keys()].filter((name) => name.startsWith('@')).map((name) => name.slice(1)),
	]
	return [...new Set(known)].filter((name) => name !== chat.user?.name && /^[a-z0-9._-]+$/.test(name)).sort()
}

function matching(end: string, all: readonly string[]): [string[], string] {
	const wanted = end.toLowerCase()
	const candidates = all.filter((candidate) => candidate.startsWith(wanted) || candidate.startsWith(`@${wanted}`))
	return [candidates, end]
}
