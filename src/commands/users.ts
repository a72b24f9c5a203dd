import type { NewEvent, UserRole } from '../events/catalogue.ts'
import { type Hook, listHooks } from '../projections/hooks.ts'
import { countOwners, findUserByName, type User } from '../projections/users.ts'
import { listWebhooks, type Webhook } from '../projections/webhooks.ts'
import type { Decision } from './decision.ts'
import { hookRevoked } from './hooks.ts'
import { displayNameCharsMax } from './limits.ts'
import { userUnknown } from './members.ts'
import { can } from './policy.ts'
import { Refusal } from './refusal.ts'
import { checkLine } from './text.ts'
import { webhookRevoked } from './webhooks.ts'

/** Changes what is given of somebody's account. No event where nothing changes. */
export interface ChangeUser {
	type: 'ChangeUser'
	name: string
	role?: UserRole
	active?: boolean
	displayName?: string
	/** Ends all sessions, tokens, hooks and webhooks. The caller has checked the current password, where it is their own. */
	passwordHash?: string
}

interface UserState {
	user: User | undefined
	ownerCount: number
	displayName: string | undefined
	hooks: readonly Hook[]
	webhooks: readonly Webhook[]
}

export const changeUser: Decision<ChangeUser, UserState> = {
	load(views, { name }, { eventAt }) {
		const user = findUserByName(views, name)
		const position = user?.displayNamePosition ?? null
		const event = position === null ? undefined : eventAt(position)
		return {
			user,
			ownerCount: countOwners(views),
			displayName: event?.type === 'DisplayNameChanged' ? event.body?.displayName : undefined,
			hooks: user === undefined ? [] : listHooks(views, user.userId),
			webhooks: user === undefined ? [] : listWebhooks(views, user.userId),
		}
	},

	decide(
		{ name, role, active, displayName, passwordHash },
		{ user, ownerCount, displayName: shown, hooks, webhooks },
		{ actor },
	) {
		if (user === undefined || !can(actor, { action: 'see-users' })) throw userUnknown(name)
		const { userId } = user
		const isOwn = userId === actor.userId && can(actor, { action: 'change-account' })
		const isTheirs = can(actor, { action: 'change-user', user, to: role ?? user.role })
		const changesRank = (role !== undefined && role !== user.role) || (active !== undefined && active !== user.active)
		if (!isTheirs && (changesRank || !isOwn)) throw new Refusal('forbidden', `You may not change that of ${name}.`)
		if (changesRank && user.role === 'owner' && user.active && ownerCount === 1) {
			throw new Refusal('last_owner', 'A server has an owner. Make somebody else an owner first.')
		}
		if (role !== undefined && role !== user.role && (role === 'bot' || user.role === 'bot')) {
			throw new Refusal('forbidden', 'A bot is made as one, and stays one.', 'role')
		}
		if (passwordHash !== undefined && user.role === 'bot') {
			throw new Refusal('forbidden', 'A bot has tokens, and no password.', 'password')
		}
		// Each by an event of its own, for its secret goes with it.
		const isEnd = passwordHash !== undefined || (active === false && user.active)
		const events: NewEvent[] = isEnd ? [...hooks.map(hookRevoked), ...webhooks.map(webhookRevoked)] : []
		if (displayName !== undefined && displayName !== shown) {
			checkLine(displayName, 'displayName', displayNameCharsMax)
			if (displayName !== '' && displayName.trim() === '') {
				throw new Refusal('text_unfit', 'A display name needs some text; an empty one takes it back.', 'displayName')
			}
			const replaces = user.displayNamePosition === null ? {} : { replaces: user.displayNamePosition }
			events.push({
				streamId: userId,
				type: 'DisplayNameChanged',
				data: { userId, ...replaces },
				body: { displayName },
			})
		}
		if (role !== undefined && role !== user.role) {
			events.push({ streamId: userId, type: 'RoleChanged', data: { userId, role }, body: null })
		}
		if (active !== undefined && active !== user.active) {
			const type = active ? 'UserReactivated' : 'UserDeactivated'
			events.push({ streamId: userId, type, data: { userId }, body: null })
		}
		if (passwordHash !== undefined) {
			const replaces = user.passwordPosition === null ? {} : { replaces: user.passwordPosition }
			events.push({ streamId: userId, type: 'PasswordSet', data: { userId, ...replaces }, body: { passwordHash } })
		}
		return events
	},
}
