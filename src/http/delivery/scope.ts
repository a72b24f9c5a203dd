import type { Actor } from '../../commands/actor.ts'
import { can } from '../../commands/policy.ts'
import { findRoomById, type Room } from '../../projections/rooms.ts'
import type { Views } from '../../projections/views.ts'

/** What a subscription asks to hear: one room, some rooms, or all that its reader may hear. */
export type Scope =
	| { kind: 'room'; streamId: string; room: string }
	| { kind: 'rooms'; streamIds: ReadonlySet<string> }
	| { kind: 'all' }

export function includes(scope: Scope, streamId: string): boolean {
	switch (scope.kind) {
		case 'room':
			return scope.streamId === streamId
		case 'rooms':
			return scope.streamIds.has(streamId)
		case 'all':
			return true
	}
}

/** Who may hear which stream, by the rights of now. Lives for one turn: what it has read is kept. */
export class Rights {
	readonly #views: Views
	readonly #rooms = new Map<string, Room | undefined>()

	constructor(views: Views) {
		this.#views = views
	}

	mayHear(actor: Actor, streamId: string): boolean {
		if (!streamId.startsWith('room-')) return can(actor, { action: 'see-people' })
		const room = this.#room(streamId)
		return room !== undefined && can(actor, { action: 'read', room })
	}

	#room(streamId: string): Room | undefined {
		if (!this.#rooms.has(streamId)) this.#rooms.set(streamId, findRoomById(this.#views, streamId))
		return this.#rooms.get(streamId)
	}
}
