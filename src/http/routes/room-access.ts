import type { Guest } from '../../commands/actor.ts'
import { quoted } from '../../commands/actor.ts'
import { can } from '../../commands/policy.ts'
import { parseRoomName } from '../../commands/rooms.ts'
import { findRoom, type Room } from '../../projections/rooms.ts'
import type { Views } from '../../projections/views.ts'
import { RequestError } from '../errors.ts'

export interface RoomParams {
	room: string
}

/** A room's name as it stands in a request. */
export function roomNamed(text: string): string {
	if (text.trim().startsWith('@')) {
		throw new RequestError('forbidden', 'A direct conversation needs an account; guests have none.')
	}
	return parseRoomName(text, 'room')
}

/** The room of that name, or `not_found`: the same for one that does not exist and a hidden one. */
export function readableRoom({ views }: { views: Views }, actor: Guest, text: string): Room {
	const slug = roomNamed(text)
	const room = findRoom(views, slug)
	if (room !== undefined && can(actor, { action: 'read', room })) return room
	const detail = `There is no room ${quoted(slug)} that you may see. GET /rooms lists those that there are.`
	throw new RequestError('not_found', detail, [{ field: 'room', problem: 'is not known' }])
}
