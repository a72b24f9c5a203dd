import type { NewEvent } from '../events/catalogue.ts'
import type { Position } from '../events/log.ts'
import { listMemberships, type Member } from '../projections/members.ts'
import { editPositions, listKept, type MessagePlace } from '../projections/messages.ts'
import { listPersonalTexts } from '../projections/personal-texts.ts'
import { findRoomById } from '../projections/rooms.ts'
import {
	countOwners,
	findUnfinishedErasure,
	findUser,
	findUserByName,
	lastErasedNumber,
	type User,
} from '../projections/users.ts'
import type { Views } from '../projections/views.ts'
import type { Decision } from './decision.ts'
import { messagesErasedMax, personalTextsErasedMax } from './limits.ts'
import { userUnknown } from './members.ts'
import { can } from './policy.ts'
import { Refusal } from './refusal.ts'

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
	memberships: readonly { member: Member; room: string }[]
	texts: readonly Position[]
}

export const eraseUser: Decision<EraseUser, EraseState> = {
	load(views, { name }) {
		const user = findUserByName(views, name)
		const members = user === undefined ? [] : listMemberships(views, user.userId)
		return {
			user,
			ownerCount: countOwners(views),
			lastNumber: lastErasedNumber(views),
			memberships: members.map((member) => ({ member, room: slugOf(views, member.roomId) })),
			texts: user === undefined ? [] : listPersonalTexts(views, user.userId, personalTextsErasedMax),
		}
	},

	decide({ name, messages }, { user, ownerCount, lastNumber, memberships, texts }, { actor }) {
		if (user === undefined || !can(actor, { action: 'see-users' })) throw userUnknown(name, 'name')
		const { userId } = user
		const isOwn = userId === actor.userId && can(actor, { action: 'change-account' })
		if (!isOwn && !can(actor, { action: 'change-user', user, to: user.role })) {
			throw new Refusal('forbidden', `You may not erase ${name}.`)
		}
		if (user.role === 'owner' && user.active && ownerCount === 1) {
			throw new Refusal('last_owner', 'A server has an owner. Make somebody else an owner first.')
		}
		// A conversation has no name, and stays with the other one.
		const named = memberships.filter(({ room }) => room !== '')
		const removed = named.map(({ member: { roomId, role }, room }): NewEvent => {
			return { streamId: roomId, type: 'MemberRemoved', data: { room, userId, role }, body: null }
		})
		const data = { userId, number: lastNumber + 1, ...(messages === true ? { messages } : {}), erases: texts }
		return [...removed, { streamId: userId, type: 'UserErased', data, body: null }]
	},
}

interface LeftState {
	texts: readonly Position[]
	messages: readonly { message: MessagePlace; room: string; edits: readonly Position[] }[]
}

export const finishErasing: Decision<FinishErasing, LeftState> = {
	load(views, { userId }) {
		const user = userId === undefined ? findUnfinishedErasure(views) : findUser(views, userId)
		if (user === undefined || user.erasedNumber === null) return { texts: [], messages: [] }
		const texts = listPersonalTexts(views, user.userId, personalTextsErasedMax)
		const kept = user.erasesMessages && texts.length === 0 ? listKept(views, user.userId, messagesErasedMax) : []
		const messages = kept.map((message) => ({
			message,
			room: slugOf(views, message.roomId),
			edits: editPositions(views, message.messageId),
		}))
		return { texts, messages }
	},

	decide(_command, { texts, messages }) {
		if (texts.length > 0) {
			return [{ streamId: 'server', type: 'TextsErased', data: { reason: 'person', erases: texts }, body: null }]
		}
		return messages.map(({ message: { roomId, messageId, sequence, position }, room, edits }) => {
			const where = room === '' ? {} : { room }
			const data = { ...where, messageId, sequence, reason: 'person' as const, erases: [position, ...edits] }
			return { streamId: roomId, type: 'MessageDeleted', data, body: null }
		})
	},
}

function slugOf(views: Views, roomId: string): string {
	return findRoomById(views, roomId)?.slug ?? ''
}
