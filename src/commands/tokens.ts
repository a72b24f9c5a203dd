import type { NewEvent, TokenScope } from '../events/catalogue.ts'
import { countTokens, findToken, type Token } from '../projections/credentials.ts'
import { findUser, findUserByName, type User } from '../projections/users.ts'
import type { Views } from '../projections/views.ts'
import type { Actor } from './actor.ts'
import type { Decision } from './decision.ts'
import { labelCharsMax, namedRoomsMax, tokensMax } from './limits.ts'
import { userUnknown } from './members.ts'
import { can, type RoomAction } from './policy.ts'
import { Refusal } from './refusal.ts'
import { checkRoomName, loadNamed, type NamedRoom, rightsIn, visible } from './rooms.ts'
import { actorNow } from './standing.ts'
import { checkLine } from './text.ts'

/** Issues a token to oneself, or to somebody whom one administers. */
export interface IssueToken {
	type: 'IssueToken'
	/** Whose it is to be. */
	name: string
	secretHash: string
	/** What it is for. */
	label: string
	scope: TokenScope
	/** The only rooms that it opens; absent: all of its user's. */
	rooms?: readonly string[]
	/** Absent: it does not end by itself. */
	expiresAtMs?: number
}

export interface RevokeToken {
	type: 'RevokeToken'
	tokenId: string
}

interface IssueState {
	user: User | undefined
	tokenCount: number
	rooms: readonly NamedRoom[] | undefined
}

export const issueToken: Decision<IssueToken, IssueState> = {
	load(views, { name, rooms }, request) {
		const user = findUserByName(views, name)
		return {
			user,
			tokenCount: user === undefined ? 0 : countTokens(views, user.userId, request.now),
			rooms: rooms?.slice(0, namedRoomsMax + 1).map((slug) => loadNamed(views, slug, request)),
		}
	},

	decide({ name, secretHash, label, scope, expiresAtMs }, { user, tokenCount, rooms }, { actor, id, now }) {
		const { userId } = whoseToBe(actor, user, name)
		checkLine(label, 'label', labelCharsMax)
		if (tokenCount >= tokensMax) {
			throw new Refusal(
				'limit_reached',
				`There are ${tokensMax} tokens of ${name}, the most one can have. Revoke some.`,
			)
		}
		if (expiresAtMs !== undefined && expiresAtMs <= now) {
			throw new Refusal('time_unfit', 'This time has passed already.', 'expiresAtMs')
		}
		const data = { userId, tokenId: id, secretHash, scope }
		const only = rooms === undefined ? {} : { roomIds: readableIds(actor, rooms) }
		const ends = expiresAtMs === undefined ? {} : { expiresAtMs }
		return [{ streamId: userId, type: 'TokenIssued', data: { ...data, ...only, ...ends }, body: { label } }]
	},
}

function readableIds(actor: Actor, rooms: readonly NamedRoom[]): string[] {
	if (rooms.length > namedRoomsMax) {
		throw new Refusal('limit_reached', `A token names at most ${namedRoomsMax} rooms; without any it has all.`, 'rooms')
	}
	return rooms.map((named) => {
		checkRoomName(named.slug, 'rooms')
		return visible(named, actor, 'rooms').room.roomId
	})
}

export const revokeToken: Decision<RevokeToken, HeldState<Token>> = revoking(
	'token',
	(views, { tokenId }) => findToken(views, tokenId),
	({ userId, tokenId }) => ({ streamId: userId, type: 'TokenRevoked', data: { userId, tokenId }, body: null }),
)

export interface HeldState<Held> {
	held: Held | undefined
	user: User | undefined
}

/** Ends something that acts as somebody: as oneself, or as whom one administers. */
export function revoking<Command, Held extends { userId: string }>(
	what: string,
	find: (views: Views, command: Command) => Held | undefined,
	revoked: (held: Held) => NewEvent,
): Decision<Command, HeldState<Held>> {
	return {
		load(views, command) {
			const held = find(views, command)
			return { held, user: held && findUser(views, held.userId) }
		},
		decide(_command, { held, user }, { actor }) {
			// What is not yours is as what does not exist.
			if (held === undefined || user === undefined || !mayHandle(actor, user)) {
				throw new Refusal('not_found', `There is no such ${what} that you may revoke.`, 'id')
			}
			return [revoked(held)]
		},
	}
}

/** The user of that name, if the actor may issue tokens and hooks that act as them. */
export function whoseToBe(actor: Actor, user: User | undefined, name: string): User {
	if (user === undefined || !can(actor, { action: 'see-users' })) throw userUnknown(name)
	if (!mayHandle(actor, user)) throw new Refusal('forbidden', `You may not issue anything that acts as ${name}.`)
	// It would open the private rooms of its person, and nobody there would see who reads along.
	if (actor.kind === 'user' && actor.userId !== user.userId && user.role !== 'bot') {
		throw new Refusal('forbidden', 'People issue what acts as them; you can issue what acts as a bot.', 'user')
	}
	if (!user.active) throw userUnknown(name)
	return user
}

/** One's own tokens and hooks, and those of whom one administers. */
export function mayHandle(actor: Actor, user: User): boolean {
	if (actor.userId === user.userId) return can(actor, { action: 'handle-tokens' })
	return can(actor, { action: 'change-user', user, to: user.role })
}

/** Whether somebody, with all that they may now, may do that in a room. */
export function mayIn(
	views: Views,
	user: User | undefined,
	{ room }: NamedRoom,
	action: RoomAction,
	now: number,
): boolean {
	const person = user && actorNow(views, user.userId)
	return room !== undefined && person !== undefined && can(person, { action, room: rightsIn(views, room, person, now) })
}
