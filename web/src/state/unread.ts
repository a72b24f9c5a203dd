import { computed } from '@preact/signals'
import { me, rooms } from './chat.ts'

/** How the rooms stand in the sidebar: conversations with somebody apart, each by name. */
export const sortedRooms = computed(() => {
	const all = [...rooms.value].sort((one, other) => titleOf(one).localeCompare(titleOf(other)))
	return {
		rooms: all.filter(({ visibility, archived }) => visibility !== 'direct' && !archived),
		directs: all.filter(({ visibility }) => visibility === 'direct'),
		archived: all.filter(({ archived }) => archived),
	}
})

/** What calls upon one: mentions, and whatever is said to oneself. */
export const callsUponMe = computed(() =>
	rooms.value.reduce((sum, { visibility, mentions, unread }) => sum + (visibility === 'direct' ? unread : mentions), 0),
)

/** What a room is called to people. */
export function titleOf({ room, title }: { room: string; title: string }): string {
	if (room.startsWith('@')) return room.slice(1) === me.value?.name ? 'Notes to self' : room.slice(1)
	return title || room
}
