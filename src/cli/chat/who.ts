import type { PresenceState } from '../../protocol/frames.ts'
import { printableLine } from '../../protocol/message-line.ts'
import { nameText } from './said.ts'
import type { Talk } from './talk.ts'

/** `/who`: who is here, who is away, and who belongs here and is not. */
export async function who(talk: Talk): Promise<void> {
	const { view, chat, screen } = talk
	if (view === undefined) return talk.refuse('No room is open: /join one first.')
	const states = new Map<string, PresenceState>()
	if (!view.room.startsWith('@')) {
		const isGuest = chat.user?.role === 'guest'
		const members = isGuest ? [] : await chat.members(view.room)
		for (const { userId } of members) states.set(userId, chat.presence.get(userId)?.state ?? 'offline')
		const { users } = await chat.present(view.room)
		for (const { userId, state } of users) states.set(userId, state)
		if (isGuest) addGuests(talk, view.room, states)
	} else {
		for (const name of [talk.me, view.room.slice(1)]) states.set(name, chat.presence.get(name)?.state ?? 'offline')
	}
	const lists = (['online', 'away', 'offline'] as const).flatMap((state) => {
		const names = [...states].filter(([, its]) => its === state).map(([name]) => name)
		if (names.length === 0) return []
		const shown = names.sort().map((name) => (state === 'online' ? nameText(name, screen.paint) : printableLine(name)))
		return [`${screen.paint.dim(`— ${state}:`)} ${shown.join(', ')}`]
	})
	if (lists.length === 0) talk.notice('Nobody is here.')
	else talk.print(lists.join('\n'))
}

/** Guests belong nowhere, so nobody lists them in a room; but who asks is there, and whoever is online can be in general. */
function addGuests({ chat, me, isAway }: Talk, room: string, states: Map<string, PresenceState>): void {
	if (room === 'general') for (const { userId, state } of chat.presence.values()) states.set(userId, state)
	if (!states.has(me)) states.set(me, isAway ? 'away' : 'online')
}
