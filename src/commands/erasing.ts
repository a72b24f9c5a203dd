import type { NewEvent } from '../events/catalogue.ts'
import type { Position } from '../events/log.ts'
import { listRoomMemberships, type Member } from '../projections/members.ts'
import { listKept } from '../projections/messages.ts'
import { listPersonalTexts } from '../projections/personal-texts.ts'
import { findRoomById, type Room } from '../projections/rooms.ts'
import { holds, listSanctionsOf, namesGuest, type Sanction } from '../projections/sanctions.ts'
import {
	countOwners,
	findUnfinishedErasure,
	findUser,
	findUserByName,
	lastErasedNumber,
	type User,
} from '../projections/users.ts'
import type { Views } from '../projections/views.ts'
import { listWrittenTexts } from '../projections/written-texts.ts'
import { guestNamed } from './actor.ts'
import type { Decision, Request } from './decision.ts'
import { membershipsEndedMax, messagesErasedMax, personalTextsErasedMax } from './limits.ts'
import { userUnknown } from './members.ts'
import { can } from './policy.ts'
import { Refusal } from './refusal.ts'
import { roomIn } from './rooms.ts'
import { type RecordedSanction, withoutReason } from './sanctions.ts'
import { textsErased } from './texts-erased.ts'
import { firstWhole, type WholeMessage } from './whole-messages.ts'

/*
 * Erasing a person takes as many commands as it needs, so that nobody waits long for one of them. After
 * the first the person is gone: nobody acts under the account, and its name is in no file. What is left
 * to erase stands in the views, so that it is finished whatever happens in between.
 */

/** Ends somebody's memberships, and erases what names them; if asked, what they wrote too. */
export interface EraseUser {
	type: 'EraseUser'
	name: string
	messages?: true
}

/** Erases more of what is left of people who are erased. No event if nothing is. */
export interface FinishErasing {
	type: 'FinishErasing'
	/** Of whom; absent: of everybody. */
	userId?: string
}

interface EraseState {
	user: User | undefined
	ownerCount: number
	lastNumber: number
	memberships: readonly Membership[]
	texts: readonly Position[]
	/** What is in force against a guest who bore that name before the account did: nobody can bear it any more. */
	against: readonly (Sanction & { room: Room })[]
}

export const eraseUser: Decision<EraseUser, EraseState> = {
	load(views, { name }) {
		const user = findUserByName(views, name)
		return {
			user,
			ownerCount: countOwners(views),
			lastNumber: lastErasedNumber(views),
			memberships: user === undefined ? [] : membershipsOf(views, user),
			texts: user === undefined ? [] : listPersonalTexts(views, user.userId, personalTextsErasedMax),
			against: user === undefined ? [] : sanctionsOfGuest(views, name),
		}
	},

	decide({ name, messages }, { user, ownerCount, lastNumber, memberships, texts, against }, { actor }) {
		if (user === undefined || !can(actor, { action: 'see-users' })) throw userUnknown(name, 'name')
		const { userId } = user
		const isOwn = userId === actor.userId && can(actor, { action: 'change-account' })
		if (!isOwn && !can(actor, { action: 'change-user', user, to: user.role })) {
			throw new Refusal('forbidden', `You may not erase ${name}.`)
		}
		if (user.role === 'owner' && user.active && ownerCount === 1) {
			throw new Refusal('last_owner', 'A server has an owner. Make somebody else an owner first.')
		}
		const data = { userId, number: lastNumber + 1, ...(messages === true ? { messages } : {}), erases: texts }
		return [
			...memberships.map(ended),
			...against.map(liftedForGood),
			{ streamId: userId, type: 'UserErased', data, body: null },
		]
	},
}

function sanctionsOfGuest(views: Views, name: string): (Sanction & { room: Room })[] {
	const sanctions = listSanctionsOf(views, guestNamed(name, views.logId).userId).slice(0, membershipsEndedMax)
	return sanctions
		.filter(({ position }) => namesGuest(views, position))
		.map((sanction) => ({ ...sanction, room: roomOf(views, sanction) }))
}

function liftedForGood({ roomId, userId, kind, position, room }: Sanction & { room: Room }): NewEvent {
	const type = kind === 'ban' ? 'BanLifted' : 'MuteLifted'
	return { streamId: roomId, type, data: { room: room.slug, userId, erases: [position] }, body: null }
}

/** What comes next of what is left of somebody: of one kind, as much as one command does. */
interface LeftState {
	texts: readonly Position[]
	/** Bans and mutes of guests that are in force: what the guest is called stays, to be let off by it. */
	imposed: readonly RecordedSanction[]
	memberships: readonly Membership[]
	messages: readonly (WholeMessage & { room: Room })[]
}

export const finishErasing: Decision<FinishErasing, LeftState> = {
	load(views, { userId }, request) {
		const left = { texts: [], imposed: [], memberships: [], messages: [] }
		const user = userId === undefined ? findUnfinishedErasure(views) : findUser(views, userId)
		if (user === undefined || user.erasedNumber === null) return left
		const texts = listPersonalTexts(views, user.userId, personalTextsErasedMax)
		if (texts.length > 0) return { ...left, texts }
		const written = user.erasesMessages ? listWrittenTexts(views, user.userId, personalTextsErasedMax) : []
		if (written.length > 0) {
			const imposed = written.flatMap((position) => guestHeldBy(views, position, request))
			const kept = new Set(imposed.map(({ position }) => position))
			return { ...left, imposed, texts: written.filter((position) => !kept.has(position)) }
		}
		const memberships = membershipsOf(views, user)
		if (memberships.length > 0 || !user.erasesMessages) return { ...left, memberships }
		const messages = firstWhole(views, listKept(views, user.userId, messagesErasedMax))
		return { ...left, messages: messages.map((one) => ({ ...one, room: roomOf(views, one.message) })) }
	},

	decide(_command, { texts, imposed, memberships, messages }) {
		const deleted = messages.map(({ message: { roomId, messageId, sequence }, erases, room }): NewEvent => {
			const data = { ...roomIn(room), messageId, sequence, reason: 'person' as const, erases }
			return { streamId: roomId, type: 'MessageDeleted', data, body: null }
		})
		return [...textsErased('person', texts), ...imposed.map(withoutReason), ...memberships.map(ended), ...deleted]
	},
}

/** The ban or mute of a guest, if that is what lies there and it is in force. */
function guestHeldBy(views: Views, position: Position, { now, eventAt }: Request): RecordedSanction[] {
	const event = namesGuest(views, position) ? eventAt(position) : undefined
	if (event?.type !== 'PersonBanned' && event?.type !== 'PersonMuted') return []
	return holds({ untilMs: event.data.untilMs ?? null }, now) ? [event] : []
}

interface Membership {
	member: Member
	room: Room
}

/** Those that are ended at once. A conversation stays with the other one. */
function membershipsOf(views: Views, { userId }: User): Membership[] {
	const members = listRoomMemberships(views, userId, membershipsEndedMax)
	return members.map((member) => ({ member, room: roomOf(views, member) }))
}

function ended({ member: { roomId, userId, role }, room }: Membership): NewEvent {
	return { streamId: roomId, type: 'MemberRemoved', data: { room: room.slug, userId, role }, body: null }
}

function roomOf(views: Views, { roomId }: { roomId: string }): Room {
	return findRoomById(views, roomId) as Room
}
