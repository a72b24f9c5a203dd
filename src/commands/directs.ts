import type { NewEvent } from '../events/catalogue.ts'
import { directStream, otherIn, peopleIn } from '../events/direct.ts'
import { findRoomById, type Room } from '../projections/rooms.ts'
import { findErasedUser, findUser, findUserByName, type User } from '../projections/users.ts'
import type { Views } from '../projections/views.ts'
import { type Actor, quoted } from './actor.ts'
import { userNamePattern } from './limits.ts'
import type { RoomRights } from './policy.ts'
import { Refusal } from './refusal.ts'

/*
 * `@alice` is the conversation between the one who asks and alice, and of who asks is alice the notebook.
 * It is there for as long as both are, as an empty room; its first message opens it, as a fact in the log.
 */

/** Whether that is how a conversation is named, and not a room. */
export function isDirectName(name: string): boolean {
	return name.startsWith('@')
}

/** A conversation's name as the contract has it: trimmed, lower-cased, then checked. */
export function parseDirectName(text: string, field: string): string {
	const name = text.trim().toLowerCase()
	if (userNamePattern.test(name.slice(1))) return name
	const detail = `A direct conversation is "@" and the name of somebody with an account; ${quoted(text)} is not.`
	throw new Refusal('name_invalid', detail, field)
}

/** The conversation that the actor calls so; undefined: there is nobody of that name, or it is nobody who asks. */
export function findDirect(views: Views, name: string, actor: Actor): Room | undefined {
	const other = actor.kind === 'user' ? findPerson(views, name.slice(1)) : undefined
	if (other === undefined) return undefined
	const roomId = directStream(actor.userId, other.userId)
	const opened = findRoomById(views, roomId)
	// Of somebody erased, only who has talked to them knows.
	if (opened === undefined && other.erasedNumber !== null) return undefined
	return { ...(opened ?? unopened), roomId, slug: name }
}

/** Whose name somebody had does not lead to them any more: they are called by their number. */
function findPerson(views: Views, name: string): User | undefined {
	const number = erasedCalled.exec(name)?.[1]
	if (number !== undefined) return findErasedUser(views, Number(number))
	return findUserByName(views, name)
}

const erasedCalled = /^erased-([1-9][0-9]*)$/

const unopened: Omit<Room, 'roomId' | 'slug'> = {
	visibility: 'direct',
	archived: false,
	sequence: 0,
	clearedSequence: 0,
	floorSequence: 0,
	historyLimit: null,
	historyTtlMs: null,
	openedPosition: 0,
	describedPosition: null,
}

/** What decides what the actor may do in that conversation. */
export function rightsInDirect(views: Views, roomId: string, { userId }: Actor): RoomRights {
	const rights = { roomId, visibility: 'direct', banned: false } as const
	if (!peopleIn(roomId).includes(userId)) return { ...rights, membership: undefined }
	const isDeserted = findUser(views, otherIn(roomId, userId))?.active !== true
	return { ...rights, membership: 'member', ...(isDeserted ? { deserted: true } : {}) }
}

/** The event that opens a conversation; none if it is open. */
export function openingOf({ roomId, openedPosition }: Room): NewEvent[] {
	if (openedPosition > 0) return []
	return [{ streamId: roomId, type: 'DirectOpened', data: { userIds: peopleIn(roomId) }, body: null }]
}

/** Refuses what is done to rooms and not to a conversation, to who may see it. */
export function checkNoDirect({ visibility, slug }: Room): void {
	if (visibility !== 'direct') return
	const detail = `Nobody changes, moderates or leaves a direct conversation: ${slug} stays with the two whose it is.`
	throw new Refusal('forbidden', detail, 'room')
}
