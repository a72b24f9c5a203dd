import { readsStream } from '../events/reads.ts'
import { findReadMarker } from '../projections/read-markers.ts'
import type { Actor } from './actor.ts'
import type { Decision } from './decision.ts'
import { can } from './policy.ts'
import { Refusal } from './refusal.ts'
import { loadNamed, type NamedRoom, roomIn, roomUnknown, visible } from './rooms.ts'
import { actorNow } from './standing.ts'

/** Says how far somebody has read in a room. No event where that is said already. */
export interface MoveReadMarker {
	type: 'MoveReadMarker'
	room: string
	/** The last message that was read, which moves the marker forward alone; 0: none. With `unread` the first that was not. */
	sequence: number
	unread?: true
	/**
	 * Whose marker, where the server says what it was told a while ago; absent: that of who asks. Who has left the
	 * room since has none any more, and gets none by it.
	 */
	userId?: string
}

interface MarkerState extends NamedRoom {
	/** Undefined: nobody any more. */
	reader: Actor | undefined
	/** Undefined: they have never said how far they have read. */
	marker: number | undefined
}

export const moveReadMarker: Decision<MoveReadMarker, MarkerState> = {
	load(views, { room: slug, userId }, { actor, now }) {
		const reader = actor.kind === 'system' && userId !== undefined ? actorNow(views, userId) : actor
		const named = loadNamed(views, slug, { actor: reader ?? actor, now })
		const marker = named.room && reader && findReadMarker(views, named.room.roomId, reader.userId)
		return { ...named, reader, marker }
	},

	decide({ room: slug, sequence, unread }, { reader, marker, ...named }, { actor }) {
		if (reader === undefined) throw roomUnknown(slug)
		const { room, rights } = visible(named, reader)
		if (!can(reader, { action: 'mark-read', room: rights })) {
			throw new Refusal('forbidden', 'Only who has an account can say how far they have read.')
		}
		checkSequence(sequence, room.sequence, unread)
		const read = unread === true ? sequence - 1 : sequence
		// The first that somebody says is never said late.
		if (actor.kind === 'system' && marker === undefined) return []
		const isSaid = marker !== undefined && (unread === true ? read === marker : read <= marker)
		// In a conversation that has not begun, nobody has anything to read.
		if (isSaid || room.openedPosition === 0) return []
		const { roomId } = room
		const data = { ...roomIn(room), roomId, userId: reader.userId, sequence: read }
		return [{ streamId: readsStream(roomId, reader.userId), type: 'ReadMarkerMoved', data, body: null }]
	},
}

/** Refuses the number of a message that there is not; nothing at all can have been read, but is nothing to read. */
export function checkSequence(sequence: number, newest: number, unread: true | undefined): void {
	if (Number.isSafeInteger(sequence) && sequence >= (unread === true ? 1 : 0) && sequence <= newest) return
	const there = newest === 0 ? 'There is no message yet' : `The messages there are 1 to ${newest}`
	throw new Refusal('sequence_unknown', `${there}; ${sequence} is none.`, 'sequence')
}
