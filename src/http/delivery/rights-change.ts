import type { Actor } from '../../commands/actor.ts'
import { concerns } from '../../events/catalogue.ts'
import { isDirect, otherIn } from '../../events/direct.ts'
import type { RecordedEvent } from '../../events/log.ts'
import { isNamed, type Scope } from './scope.ts'

/** Whose rights are others after some events. */
export class RightsChange {
	/** Accounts. */
	readonly userIds: readonly string[]
	readonly #accounts: ReadonlySet<string>
	readonly #rooms: readonly string[]
	readonly #erased: ReadonlySet<string>
	/** Who belongs to a room no longer, each as `<roomId> <userId>`. */
	readonly #removals: ReadonlySet<string>
	/** Who was banned from where. */
	readonly #banned: readonly { userId: string; roomId: string }[]
	/** A guest loses a name that becomes an account's. */
	readonly #takenNames: ReadonlySet<string | undefined>

	constructor(events: readonly RecordedEvent[]) {
		this.#accounts = new Set(events.map(concerns).filter((userId) => userId !== undefined))
		this.userIds = [...this.#accounts]
		this.#rooms = events.flatMap(({ type, streamId }) => (type === 'RoomChanged' ? [streamId] : []))
		this.#erased = new Set(events.flatMap((event) => (event.type === 'UserErased' ? [event.data.userId] : [])))
		this.#removals = new Set(
			events.flatMap(({ type, streamId, data }) => (type === 'MemberRemoved' ? [`${streamId} ${data.userId}`] : [])),
		)
		this.#banned = events.flatMap(({ type, streamId: roomId, data }) =>
			type === 'PersonBanned' ? [{ userId: data.userId, roomId }] : [],
		)
		this.#takenNames = new Set(events.flatMap((event) => (event.type === 'UserJoined' ? [event.body?.name] : [])))
	}

	get isNone(): boolean {
		return this.userIds.length === 0 && this.#rooms.length === 0
	}

	/** Whether it may be another's standing than before. */
	concerns(actor: Actor): boolean {
		return this.#accounts.has(actor.userId) || (actor.kind === 'guest' && this.#takenNames.has(actor.name))
	}

	/** Whether there may be less left of what was asked for. */
	narrows(actor: Actor, scope: Scope): boolean {
		return this.concerns(actor) || this.#rooms.some((roomId) => isNamed(scope, roomId))
	}

	/** Whether they belong no longer to the one room that was asked for. */
	removes({ userId }: Actor, scope: Scope): scope is Extract<Scope, { kind: 'room' }> {
		return scope.kind === 'room' && this.#removals.has(`${scope.streamId} ${userId}`)
	}

	/**
	 * Whether a room is lost, of several that were asked for, by a ban: its reader would follow the others, and miss
	 * something once the ban is over, of which no frame tells. Who follows the rooms that they belong to hears
	 * when they belong to one again.
	 */
	silences({ kind, userId }: Actor, scope: Scope): boolean {
		return this.#banned.some(
			(ban) => ban.userId === userId && (scope.kind === 'all' ? kind === 'guest' : isNamed(scope, ban.roomId)),
		)
	}

	/** Whether what was asked for is a conversation that is not called so any more: its other one is erased. */
	unnames({ userId }: Actor, scope: Scope): boolean {
		if (scope.kind !== 'room' || !isDirect(scope.streamId)) return false
		return this.#erased.has(otherIn(scope.streamId, userId))
	}
}
