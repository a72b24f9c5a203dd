import type { NewEvent } from '../events/catalogue.ts'
import { countRooms, findRoom, type Room } from '../projections/rooms.ts'
import type { Views } from '../projections/views.ts'
import type { Actor } from './actor.ts'
import { quoted } from './actor.ts'
import type { Decision } from './decision.ts'
import { roomNamePattern, roomsMax } from './limits.ts'
import { can } from './policy.ts'
import { Refusal } from './refusal.ts'

/** The room that exists from the first start. */
export const firstRoom = 'general'

/** Makes sure that an open room of that name exists. No event if it does. */
export interface OpenRoom {
	type: 'OpenRoom'
	room: string
}

export interface RoomState {
	room: Room | undefined
	/** Only counted where a room would be opened. */
	roomCount: number
}

export const openRoom: Decision<OpenRoom, RoomState> = {
	load: (views, { room }) => loadRoom(views, room),
	decide: (command, state, { actor, id }) => roomToUse(command.room, state, actor, id).opening,
}

export function loadRoom(views: Views, slug: string): RoomState {
	const room = findRoom(views, slug)
	return { room, roomCount: room === undefined ? countRooms(views) : 0 }
}

/** The room of that name, with the event that opens it if there is none yet. */
export function roomToUse(
	slug: string,
	{ room, roomCount }: RoomState,
	actor: Actor,
	id: string,
): { roomId: string; sequence: number; opening: NewEvent[] } {
	// Whoever asks has parsed the name; what has not been through that would be a room of its own.
	if (!roomNamePattern.test(slug)) throw nameInvalid(slug, 'room')
	if (room !== undefined) {
		if (can(actor, { action: 'read', room })) return { roomId: room.roomId, sequence: room.sequence, opening: [] }
		throw new Refusal('room_name_taken', `The name ${quoted(slug)} is taken. Choose another one.`, 'room')
	}
	if (!can(actor, { action: 'open-room' })) {
		throw new Refusal('not_found', `There is no room ${quoted(slug)} that you may see.`, 'room')
	}
	if (roomCount >= roomsMax) {
		throw new Refusal('rooms_too_many', `This server has ${roomsMax} rooms, the most it allows. Use one of them.`)
	}
	const roomId = `room-${id}`
	const data = { room: slug, visibility: 'open' } as const
	return { roomId, sequence: 0, opening: [{ streamId: roomId, type: 'RoomOpened', data, body: null }] }
}

/** A room's name as the contract has it: trimmed, lower-cased, then checked. */
export function parseRoomName(text: string, field: string): string {
	const slug = text.trim().toLowerCase()
	if (roomNamePattern.test(slug)) return slug
	throw nameInvalid(text, field)
}

function nameInvalid(text: string, field: string): Refusal {
	const detail = `A room is 1 to 64 of a-z, 0-9, ".", "_" and "-", and begins with a letter or digit; ${quoted(text)} is not.`
	return new Refusal('name_invalid', detail, field)
}
