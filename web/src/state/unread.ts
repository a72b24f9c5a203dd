import { computed } from '@preact/signals'
import type { RoomState } from '../../../src/client/browser.ts'
import { me, rooms } from './chat.ts'
import { byName } from './names.ts'
import { displayNameOf } from './people.ts'
import { addressOf, go, place } from './place.ts'

/** How the rooms stand in the sidebar: conversations with somebody apart, each by name. */
export const sortedRooms = computed(() => {
	const titles = new Map(rooms.value.map((room) => [room, titleOf(room)]))
	const all = [...titles.keys()].sort((one, other) => byName.compare(titles.get(one) ?? '', titles.get(other) ?? ''))
	return {
		rooms: all.filter(({ visibility, archived }) => visibility !== 'direct' && !archived),
		directs: all.filter(({ visibility, room }) => visibility === 'direct' && !isNotebook(room)),
		archived: all.filter(({ archived }) => archived),
	}
})

/** What calls upon one: mentions, and whatever is said to oneself. */
export const callsUponMe = computed(() => rooms.value.reduce((sum, room) => sum + callsIn(room), 0))

/** How much of what is unread in a room calls upon one: in a conversation all of it. */
export function callsIn({ visibility, mentions, unread }: RoomState): number {
	return visibility === 'direct' ? unread : mentions
}

/** What a room is called to people. */
export function titleOf({ room, title }: { room: string; title: string }): string {
	if (room.startsWith('@')) return isNotebook(room) ? 'Notes to self' : displayNameOf(room.slice(1))
	return title || room
}

/** The conversation with oneself, by either of its names. */
export function isNotebook(room: string): boolean {
	return room === '@me' || room === `@${me.value?.name}`
}

/** Goes to the room above or below in the sidebar, or to the nearest one there with something unread. */
export function goToNext(step: 1 | -1, { isUnread }: { isUnread: boolean }): void {
	const { rooms, directs } = sortedRooms.value
	const all = [...rooms, ...directs]
	const here = place.value
	const index = all.findIndex(({ room }) => here.at === 'room' && room === here.room)
	const start = index < 0 && step < 0 ? 0 : index
	for (let distance = 1; distance <= all.length; distance++) {
		const next = all[(start + step * distance + all.length * 2) % all.length]
		if (next !== undefined && (!isUnread || next.unread > 0)) return go(addressOf(next.room))
	}
}
