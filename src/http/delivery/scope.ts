import type { Actor } from '../../commands/actor.ts'
import { can } from '../../commands/policy.ts'
import type { MemberRole, Visibility } from '../../events/catalogue.ts'
import { isDirect, peopleIn } from '../../events/direct.ts'
import type { RecordedEvent, StreamChoice } from '../../events/log.ts'
import { isReads, readsIn, readsStream } from '../../events/reads.ts'
import { listMemberships } from '../../projections/members.ts'
import { isAccount, isGuest } from '../../projections/names.ts'
import { findRoomById } from '../../projections/rooms.ts'
import { holds, listSanctions, type Sanction } from '../../projections/sanctions.ts'
import type { Views } from '../../projections/views.ts'

/** What a subscription asks to hear: one room, some rooms, or all that its reader is in. */
export type Scope =
	| { kind: 'room'; streamId: string }
	| { kind: 'rooms'; streamIds: ReadonlySet<string> }
	| { kind: 'all' }

/** The streams that one room is made of for somebody; undefined: a scope is wider than that. */
export function streamsOf(scope: Scope, { kind, userId }: Actor): StreamChoice | undefined {
	if (scope.kind !== 'room') return undefined
	return kind === 'user' ? [scope.streamId, readsStream(scope.streamId, userId)] : [scope.streamId]
}

type Memberships = ReadonlyMap<string, MemberRole>

/** Who may hear which stream, by the rights of now. */
export class Rights {
	readonly #views: Views
	/** What was read is kept until an event says that it has changed. */
	readonly #visibilities = new Map<string, Visibility | 'direct'>()
	readonly #memberships = new Map<string, Memberships>()
	/** The bans in a room, by whom they are against; they come to their end by themselves. */
	readonly #bans = new Map<string, ReadonlyMap<string, Sanction>>()
	readonly #now: () => number

	constructor(views: Views, now: () => number = Date.now) {
		this.#views = views
		this.#now = now
	}

	/** Whether a stream is in a scope, and its reader may hear it. */
	mayHear(actor: Actor, scope: Scope, streamId: string): boolean {
		if (isReads(streamId)) {
			const { roomId, userId } = readsIn(streamId)
			return userId === actor.userId && this.mayHear(actor, scope, roomId)
		}
		switch (scope.kind) {
			case 'room':
			case 'rooms':
				return isNamed(scope, streamId) && this.#mayRead(actor, streamId)
			case 'all':
				if (isDirect(streamId)) return this.#mayRead(actor, streamId)
				if (streamId.startsWith('room-')) return this.#isIn(actor, streamId) && this.#mayRead(actor, streamId)
				return isPerson(streamId) && can(actor, { action: 'see-presence' })
		}
	}

	/** Whether there is anything left that a subscription can hear. */
	mayHearSome(actor: Actor, scope: Scope): boolean {
		if (scope.kind === 'all') return true
		const streamIds = scope.kind === 'room' ? [scope.streamId] : [...scope.streamIds]
		return streamIds.some((streamId) => this.#mayRead(actor, streamId))
	}

	/** An event after which rights may be others. */
	changedBy({ type, streamId, data }: RecordedEvent): void {
		if (type === 'RoomOpened' || type === 'RoomChanged') this.#visibilities.delete(streamId)
		else if (type === 'MemberAdded' || type === 'MemberRemoved') this.#memberships.delete(data.userId)
		else if (type === 'PersonBanned' || type === 'BanLifted') this.#bans.delete(streamId)
	}

	/** What was read may have been wrong. */
	forget(): void {
		this.#visibilities.clear()
		this.#memberships.clear()
		this.#bans.clear()
	}

	/** A guest, who can be no member, is in all open rooms. */
	#isIn(actor: Actor, roomId: string): boolean {
		return actor.kind !== 'user' || this.#membershipsOf(actor.userId).has(roomId)
	}

	#mayRead(actor: Actor, roomId: string): boolean {
		if (isDirect(roomId)) return mayReadDirect(actor, roomId)
		const visibility = this.#visibilityOf(roomId)
		if (visibility === undefined) return false
		// Who belongs to an open room makes no difference for hearing it.
		const isMember = visibility !== 'open' && actor.kind === 'user'
		const membership = isMember ? this.#membershipsOf(actor.userId).get(roomId) : undefined
		const banned = this.#isBanned(actor, roomId)
		return can(actor, { action: 'read', room: { roomId, visibility, membership, banned } })
	}

	#isBanned({ userId }: Actor, roomId: string): boolean {
		let bans = this.#bans.get(roomId)
		if (bans === undefined) {
			bans = new Map(listSanctions(this.#views, roomId, 'ban').map((ban) => [ban.userId, ban]))
			this.#bans.set(roomId, bans)
		}
		const ban = bans.get(userId)
		return ban !== undefined && holds(ban, this.#now())
	}

	#visibilityOf(roomId: string): Visibility | 'direct' | undefined {
		let visibility = this.#visibilities.get(roomId)
		if (visibility === undefined) {
			visibility = findRoomById(this.#views, roomId)?.visibility
			if (visibility !== undefined) this.#visibilities.set(roomId, visibility)
		}
		return visibility
	}

	#membershipsOf(userId: string): Memberships {
		let memberships = this.#memberships.get(userId)
		if (memberships === undefined) {
			memberships = new Map(listMemberships(this.#views, userId).map(({ roomId, role }) => [roomId, role]))
			this.#memberships.set(userId, memberships)
		}
		return memberships
	}
}

/** The only ones who may hear a stream that is theirs; empty: it can be anybody's. */
export function ownersOf(streamId: string): readonly string[] {
	if (isReads(streamId)) return [readsIn(streamId).userId]
	return isDirect(streamId) ? [...new Set(peopleIn(streamId))] : []
}

/** Whose a conversation is, its stream says. */
function mayReadDirect(actor: Actor, roomId: string): boolean {
	const membership = peopleIn(roomId).includes(actor.userId) ? 'member' : undefined
	return can(actor, { action: 'read', room: { roomId, visibility: 'direct', membership, banned: false } })
}

/** Whether it is the stream of somebody, in which they come and go. */
function isPerson(streamId: string): boolean {
	return isAccount(streamId) || isGuest(streamId)
}

/**
 * Whether this is the reader's own removal from a room: heard, and as the last thing, by who may hear
 * nothing else of that room any more.
 */
export function isOwnRemoval(event: RecordedEvent, actor: Actor, scope: Scope): boolean {
	if (event.type !== 'MemberRemoved' || event.data.userId !== actor.userId) return false
	const roomIds = actor.kind === 'user' && actor.credential.kind === 'token' ? actor.credential.roomIds : undefined
	if (roomIds !== undefined && !roomIds.includes(event.streamId)) return false
	return scope.kind === 'all' || isNamed(scope, event.streamId)
}

/** Whether a room was asked for by its name. */
export function isNamed(scope: Scope, streamId: string): boolean {
	return scope.kind === 'room' ? scope.streamId === streamId : scope.kind === 'rooms' && scope.streamIds.has(streamId)
}
