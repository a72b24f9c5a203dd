import type { NewEvent } from '../events/catalogue.ts'
import { countHooks, findHook, type Hook } from '../projections/hooks.ts'
import { findUserByName, type User } from '../projections/users.ts'
import type { Decision } from './decision.ts'
import { hooksMax, labelCharsMax } from './limits.ts'
import { Refusal } from './refusal.ts'
import { checkRoomName, loadNamed, type NamedRoom, visible } from './rooms.ts'
import { checkLine } from './text.ts'
import { type HeldState, mayIn, revoking, whoseToBe } from './tokens.ts'

/** Issues a hook that acts as oneself, or as a bot that one administers. */
export interface IssueHook {
	type: 'IssueHook'
	/** As whom it speaks. */
	name: string
	/** Where. No conversation: who talks to whom is not for the audit. */
	room: string
	secret: string
	/** What it is for. */
	label: string
	/** The secret may stand in the address. */
	secretInUrl?: true
}

export interface RevokeHook {
	type: 'RevokeHook'
	hookId: string
}

interface IssueState {
	user: User | undefined
	hookCount: number
	named: NamedRoom
	/** Whether the user may, with all that they may. */
	mayPost: boolean
}

export const issueHook: Decision<IssueHook, IssueState> = {
	load(views, { name, room }, request) {
		const user = findUserByName(views, name)
		const named = loadNamed(views, room, request)
		return {
			user,
			hookCount: user === undefined ? 0 : countHooks(views, user.userId),
			named,
			mayPost: mayIn(views, user, named, 'post', request.now),
		}
	},

	decide({ name, room: slug, secret, label, secretInUrl }, { user, hookCount, named, mayPost }, { actor, id }) {
		const { userId } = whoseToBe(actor, user, name)
		checkRoomName(slug)
		const { roomId } = visible(named, actor).room
		if (!mayPost) throw new Refusal('forbidden', `User ${name} may not post to ${slug}: let them in.`, 'room')
		checkLine(label, 'label', labelCharsMax)
		if (hookCount >= hooksMax) {
			throw new Refusal('limit_reached', `There are ${hooksMax} hooks of ${name}, the most one can have. Revoke some.`)
		}
		const inUrl = secretInUrl === undefined ? {} : { secretInUrl }
		const data = { userId, hookId: id, roomId, ...inUrl }
		return [{ streamId: userId, type: 'HookIssued', data, body: { label, secret } }]
	},
}

export const revokeHook: Decision<RevokeHook, HeldState<Hook>> = revoking(
	'hook',
	(views, { hookId }) => findHook(views, hookId),
	hookRevoked,
)

/** It is worthless from here on, and its secret in no file. */
export function hookRevoked({ userId, hookId, position }: Hook): NewEvent {
	return { streamId: userId, type: 'HookRevoked', data: { userId, hookId, erases: [position] }, body: null }
}
