import { computed } from '@preact/signals'
import { rooms } from './chat.ts'

let last: ReadonlySet<string> = new Set()

/** The names of one's own rooms: the same set until there are others. */
export const roomNames = computed<ReadonlySet<string>>(() => {
	const now = new Set(rooms.value.map(({ room }) => room))
	if (now.symmetricDifference(last).size > 0) last = now
	return last
})
