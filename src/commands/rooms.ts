import type { HistoryLimits, NewEvent, RoomDescription, Visibility } from '../events/catalogue.ts'
import { findMember, listMemberships } from '../projections/members.ts'
import { floorOf } from '../projections/retention.ts'
import { countRooms, findRoom, type Room } from '../projections/rooms.ts'
import { findSanctions, holds, listSanctionsOf, type Sanction } from '../projections/sanctions.ts'
import type { Views } from '../projections/views.ts'
import { type Writers, writersOf } from '../projections/written-texts.ts'
import type { Actor } from './actor.ts'
import { quoted } from './actor.ts'
import type { Decision, Request } from './decision.ts'
import { checkNoDirect, findDirect, isDirectName, openingOf, rightsInDirect } from './directs.ts'
import { keptMessagesMax, keptMsMax, roomNamePattern, roomsMax, titleCharsMax, topicCharsMax } from './limits.ts'
import { checkWhole } from './numbers.ts'
import { can, type RoomRights } from './policy.ts'
import { Refusal } from './refusal.ts'
import { checkLine } from './text.ts'

/** The room that exists from the first start. */
export const firstRoom = 'general'

/** Makes sure that an open room of that name exists. No event if it does. */
export interface OpenRoom {
	type: 'OpenRoom'
	room: string
}

/** Opens a room, or changes what is given of one. No event where nothing changes. */
export interface ChangeRoom {
	type: 'ChangeRoom'
	room: string
	visibility?: Visibility
	title?: string
	topic?: string
	/** Archived: it is read, and nothing is said in it. That opens no room. */
	archived?: boolean
	/** What of its messages is kept; null: as the server is told for all rooms. */
	historyLimit?: number | null
	historyTtlMs?: number | null
}

export interface RoomState {
	room: Room | undefined
	rights: RoomRights | undefined
	/** Only counted where a room would be opened. */
	roomCount: number
}

export const openRoom: Decision<OpenRoom, RoomState> = {
	load: (views, { room }, request) => loadRoom(views, room, request),
	decide({ room }, state, { actor, id }) {
		checkRoomName(room)
		return roomToUse(room, state, actor, id, true).opening
	},
}

interface ChangeState extends RoomState {
	description: RoomDescription | null
	/** Whose words these are; none if there are none. */
	writers: Partial<Writers>
	/** Up to there nothing is shown by what is kept until now. */
	floor: number
}

export const changeRoom: Decision<ChangeRoom, ChangeState> = {
	load(views, { room: slug }, request) {
		const { eventAt } = request
		const state = loadRoom(views, slug, request)
		const position = state.room?.describedPosition ?? null
		const event = position === null ? undefined : eventAt(position)
		const isDescription = event?.type === 'RoomOpened' || event?.type === 'RoomChanged'
		const floor = state.room === undefined ? 0 : floorOf(views, state.room, request.history, request.now)
		if (!isDescription) return { ...state, floor, description: null, writers: {} }
		return { ...state, floor, description: event.body, writers: writersOf(event) }
	},

	decide({ room: slug, visibility, title, topic, archived, ...limits }, state, { actor, id }) {
		if (isDirectName(slug)) checkNoDirect(visible({ slug, ...state }, actor).room)
		checkRoomName(slug)
		if (title !== undefined) checkLine(title, 'title', titleCharsMax)
		if (topic !== undefined) checkLine(topic, 'topic', topicCharsMax)
		if (title?.trim() === '') throw new Refusal('text_unfit', 'A title needs some text.', 'title')
		const { room, rights } = state
		if (room === undefined || rights === undefined) {
			if (archived === true || !can(actor, { action: 'open-room' })) throw roomUnknown(slug)
			if (actor.kind === 'guest') throw new Refusal('forbidden', 'A guest opens a room by posting to it.')
			const description =
				title === undefined && topic === undefined ? null : { title: title ?? slug, topic: topic ?? '' }
			const history = historyLimits(limits, none)
			return opening(slug, state, actor, id, { visibility: visibility ?? 'open', description, history })
		}
		if (!can(actor, { action: 'read', room: rights })) {
			throw archived === true ? roomUnknown(slug) : nameTaken(slug, actor)
		}
		if (room.visibility === 'direct' || !can(actor, { action: 'change-room', room: rights })) {
			throw new Refusal('forbidden', `Only a moderator of ${slug} changes it.`)
		}
		if (visibility === 'private' && !can(actor, { action: 'read', room: { ...rights, visibility } })) {
			const detail = 'You could not see this room any more: you are no member of it. Join it first.'
			throw new Refusal('forbidden', detail, 'visibility')
		}
		if (archived === true && slug === firstRoom) {
			throw new Refusal('forbidden', `The room ${firstRoom} is everybody's, and is not archived.`, 'room')
		}
		const before = state.description ?? { title: slug, topic: '' }
		const body = { title: title ?? before.title, topic: topic ?? before.topic }
		const history = historyLimits(limits, room)
		const isArchived = archived ?? room.archived
		const keepsSame =
			history.historyLimit === (room.historyLimit ?? undefined) &&
			history.historyTtlMs === (room.historyTtlMs ?? undefined)
		// What was not shown any more does not come back: somebody may have been told so.
		const historyFloor = keepsSame || state.floor <= room.clearedSequence ? {} : { historyFloor: state.floor }
		const data = {
			room: slug,
			visibility: visibility ?? room.visibility,
			archived: isArchived,
			...otherWriters(slug, body, before, state.writers, actor),
			...history,
			...historyFloor,
		}
		const isSame =
			body.title === before.title &&
			body.topic === before.topic &&
			data.visibility === room.visibility &&
			data.archived === room.archived &&
			keepsSame
		return isSame ? [] : [{ streamId: room.roomId, type: 'RoomChanged', data, body }]
	},
}

/** Who wrote the title and the topic after a change, where it is another than the one who makes it. */
function otherWriters(
	slug: string,
	{ title, topic }: RoomDescription,
	before: RoomDescription,
	writers: Partial<Writers>,
	actor: Actor,
): Partial<Writers> {
	const writer = (kept: boolean, before: string | undefined) => (kept ? before : actor.userId)
	const titleWriter = title === slug ? undefined : writer(title === before.title, writers.titleBy)
	const topicWriter = topic === '' ? undefined : writer(topic === before.topic, writers.topicBy)
	// A text that is not there is nobody's: it goes with the other one.
	const [titleBy, topicBy] = [titleWriter ?? topicWriter, topicWriter ?? titleWriter]
	return { ...(isOther(titleBy, actor) ? { titleBy } : {}), ...(isOther(topicBy, actor) ? { topicBy } : {}) }
}

function isOther(userId: string | undefined, actor: Actor): userId is string {
	return userId !== undefined && userId !== actor.userId
}

type OwnLimits = Pick<Room, 'historyLimit' | 'historyTtlMs'>

const none: OwnLimits = { historyLimit: null, historyTtlMs: null }

/** What is kept of a room's messages after a change; what is not given stays. */
function historyLimits(change: Partial<OwnLimits>, before: OwnLimits): HistoryLimits {
	const { historyLimit = before.historyLimit, historyTtlMs = before.historyTtlMs } = change
	if (historyLimit !== null) checkWhole(historyLimit, 'historyLimit', 1, keptMessagesMax)
	if (historyTtlMs !== null) checkWhole(historyTtlMs, 'historyTtlMs', 1, keptMsMax)
	return { ...(historyLimit === null ? {} : { historyLimit }), ...(historyTtlMs === null ? {} : { historyTtlMs }) }
}

/** What the actor calls so: a room by its name, or a conversation by that of the other one. */
export function findNamed(views: Views, name: string, actor: Actor): Room | undefined {
	return isDirectName(name) ? findDirect(views, name, actor) : findRoom(views, name)
}

export function loadRoom(views: Views, slug: string, asked: Asked): RoomState {
	const { room, rights } = loadNamed(views, slug, asked)
	return {
		room,
		rights,
		roomCount: room === undefined ? countRooms(views) : 0,
	}
}

/** Who asks for something in a room, and when: bans and mutes come to their end by themselves. */
type Asked = Pick<Request, 'actor' | 'now'>

/** What decides what the actor may do in that room. */
export function rightsIn(views: Views, { roomId, visibility }: Room, actor: Actor, now: number): RoomRights {
	if (visibility === 'direct') return rightsInDirect(views, roomId, actor)
	const membership = actor.kind === 'user' ? findMember(views, roomId, actor.userId)?.role : undefined
	return { roomId, visibility, membership, ...inForce(findSanctions(views, roomId, actor.userId), now) }
}

function inForce(sanctions: readonly Sanction[], now: number): Pick<RoomRights, 'banned' | 'mute'> {
	const held = sanctions.filter((sanction) => holds(sanction, now))
	const mute = held.find(({ kind }) => kind === 'mute')
	return { banned: held.some(({ kind }) => kind === 'ban'), ...(mute === undefined ? {} : { mute }) }
}

/** A room that a command names, as the actor stands to it. */
export interface NamedRoom {
	slug: string
	room: Room | undefined
	rights: RoomRights | undefined
}

export function loadNamed(views: Views, slug: string, { actor, now }: Asked): NamedRoom {
	const room = findNamed(views, slug, actor)
	return { slug, room, rights: room && rightsIn(views, room, actor, now) }
}

/** The room, or `not_found`: the same for one that does not exist and one that the actor may not see. */
export function visible(
	{ slug, room, rights }: NamedRoom,
	actor: Actor,
	field = 'room',
): { room: Room; rights: RoomRights } {
	if (room === undefined || rights === undefined || !can(actor, { action: 'read', room: rights })) {
		throw roomUnknown(slug, field)
	}
	return { room, rights }
}

/** What an event says of the room that it happens in: the two of a conversation each call it otherwise. */
export function roomIn({ visibility, slug }: Pick<Room, 'visibility' | 'slug'>): { room?: string } {
	return visibility === 'direct' ? {} : { room: slug }
}

/** As rightsIn, for many rooms. */
export function rightsInAll(views: Views, actor: Actor, now: number): (room: Room) => RoomRights {
	const memberships = actor.kind === 'user' ? listMemberships(views, actor.userId) : []
	const roles = new Map(memberships.map(({ roomId, role }) => [roomId, role]))
	const sanctions = Map.groupBy(listSanctionsOf(views, actor.userId), ({ roomId }) => roomId)
	return ({ roomId, visibility }) => ({
		roomId,
		visibility,
		membership: roles.get(roomId),
		...inForce(sanctions.get(roomId) ?? [], now),
	})
}

/**
 * The room of that name. If there is none: with the events that open it where that is what naming a
 * room does (`opens`), else `not_found`. A conversation is opened by its first message alone.
 */
export function roomToUse(
	slug: string,
	state: RoomState,
	actor: Actor,
	id: string,
	opens: boolean,
): { rights: RoomRights; sequence: number; opening: NewEvent[] } {
	if (isDirectName(slug)) {
		const { room, rights } = visible({ slug, ...state }, actor)
		return { rights, sequence: room.sequence, opening: openingOf(room) }
	}
	checkRoomName(slug)
	const { room, rights } = state
	if (room !== undefined && rights !== undefined) {
		if (can(actor, { action: 'read', room: rights })) return { rights, sequence: room.sequence, opening: [] }
		throw opens ? nameTaken(slug, actor) : roomUnknown(slug)
	}
	if (!opens) throw roomUnknown(slug)
	const membership = actor.kind === 'user' ? 'moderator' : undefined
	return {
		rights: { roomId: `room-${id}`, visibility: 'open', membership, banned: false },
		sequence: 0,
		opening: opening(slug, state, actor, id, { visibility: 'open', description: null, history: {} }),
	}
}

/** The events that open a room; who has an account and opens it moderates it. */
function opening(
	slug: string,
	{ roomCount }: RoomState,
	actor: Actor,
	id: string,
	{
		visibility,
		description,
		history,
	}: { visibility: Visibility; description: RoomDescription | null; history: HistoryLimits },
): NewEvent[] {
	if (!can(actor, { action: 'open-room' })) throw roomUnknown(slug)
	if (roomCount >= roomsMax) {
		throw new Refusal('rooms_too_many', `This server has ${roomsMax} rooms, the most it allows. Use one of them.`)
	}
	const streamId = `room-${id}`
	const described = description === null ? {} : { described: true as const }
	const data = { room: slug, visibility, ...described, ...history }
	const opened: NewEvent = { streamId, type: 'RoomOpened', data, body: description }
	if (actor.kind !== 'user') return [opened]
	const moderator = { room: slug, userId: actor.userId, role: 'moderator' } as const
	return [opened, { streamId, type: 'MemberAdded', data: moderator, body: null }]
}

/** A room's name as the contract has it: trimmed, lower-cased, then checked. */
export function parseRoomName(text: string, field: string): string {
	const slug = text.trim().toLowerCase()
	if (roomNamePattern.test(slug)) return slug
	throw nameInvalid(text, field)
}

/** The same answer for a room that does not exist and for one that the asker may not see. */
export function roomUnknown(slug: string, field = 'room'): Refusal {
	return new Refusal(
		'not_found',
		`There is no room ${quoted(slug)} that you may see: it does not exist, or it is private.`,
		field,
	)
}

/** Whoever asks has parsed the name; what has not been through that would be a room of its own. */
export function checkRoomName(slug: string, field = 'room'): void {
	if (!roomNamePattern.test(slug)) throw nameInvalid(slug, field)
}

/** Told to who would otherwise have opened that room, and to nobody else. */
function nameTaken(slug: string, actor: Actor): Refusal {
	if (!can(actor, { action: 'open-room' })) return roomUnknown(slug)
	return new Refusal('room_name_taken', `The name ${quoted(slug)} is taken. Choose another one.`, 'room')
}

function nameInvalid(text: string, field: string): Refusal {
	const detail = `A room is 1 to 64 of a-z, 0-9, ".", "_" and "-", and begins with a letter or digit; ${quoted(text)} is not.`
	return new Refusal('name_invalid', detail, field)
}
