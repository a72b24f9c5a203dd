import type { Room } from '../projections/rooms.ts'
import type { Request } from './decision.ts'
import type { RoomRights } from './policy.ts'
import { Refusal } from './refusal.ts'
import { reasonIn } from './sanctions.ts'

/**
 * For all that says something in a room: refuses who may do so, but not now, since the room is archived,
 * they are muted in it, or the one they talk to is gone. `eventAt` is where the reason for a mute lies.
 */
export function checkMaySpeak(
	{ slug, archived }: Pick<Room, 'slug' | 'archived'>,
	{ mute, deserted }: RoomRights,
	eventAt: Request['eventAt'],
): void {
	if (archived) {
		throw new Refusal(
			'room_archived',
			`The room ${slug} is archived: it can be read, and nothing is said in it any more.`,
		)
	}
	if (deserted === true) {
		throw new Refusal(
			'forbidden',
			`There is nobody behind ${slug} any more: you can read what was said, and say nothing new.`,
		)
	}
	if (mute === undefined) return
	const until = mute.untilMs === null ? 'a moderator lifts it' : new Date(mute.untilMs).toISOString()
	const reason = reasonIn(eventAt(mute.position)) ?? ''
	const because = reason === '' ? '' : ` The reason that was given: ${JSON.stringify(reason)}.`
	throw new Refusal('muted', `You may say nothing in ${slug} until ${until}.${because}`)
}
