import { type Somebody, system } from '../../commands/actor.ts'
import type { Writer } from '../../commands/writer.ts'
import type { PresenceState } from '../../events/catalogue.ts'
import { Allowance } from '../allowance.ts'
import { allowancesMax, presenceGraceMs, transitionsPerMinute, visitsPerMinute } from '../limits.ts'
import { Settling } from './settling.ts'

/** What a connection holds for as long as it lasts: its person is online, and visits some rooms. */
export interface Lease {
	enter(roomId: string): void
	leave(roomId: string): void
	/**
	 * The connection is over. `clean`: it said goodbye, so what only it held ends at once; else
	 * after the grace time, unless the person is back.
	 */
	release(clean: boolean): void
}

export interface LeasesOptions {
	writer: Pick<Writer, 'submit'>
	/** How long a connection that broke counts on; the contract's 5 s if absent. */
	graceMs?: number
	/** Who the log says is there, from before a restart. */
	recorded: {
		presences: { person: Somebody; state: 'online' | 'away' }[]
		visits: { person: Somebody; roomId: string }[]
	}
}

/**
 * Who is here, counted by open connections. Transitions go to the log, one a person however many
 * connections there are; after a restart, those who do not come back leave when twice the grace
 * time has passed.
 */
export class Leases {
	readonly #writer: Pick<Writer, 'submit'>
	readonly #graceMs: number
	readonly #people = new Map<string, Held<PresenceState>>()
	readonly #visits = new Map<string, Held<boolean>>()
	readonly #allowances = new Map<string, { states: Allowance; visits: Allowance }>()
	#stopped = false

	constructor({ writer, graceMs = presenceGraceMs, recorded }: LeasesOptions) {
		this.#writer = writer
		this.#graceMs = graceMs
		for (const { person, state } of recorded.presences) this.#person(person, state).endAfter(2 * graceMs)
		for (const { person, roomId } of recorded.visits) this.#visit(person, roomId, true).endAfter(2 * graceMs)
	}

	/** A connection of that person is open from now on. */
	open(person: Somebody): Lease {
		const rooms = new Set<string>()
		let isOpen = true
		this.#person(person).take()
		return {
			enter: (roomId) => {
				if (!isOpen || rooms.has(roomId)) return
				rooms.add(roomId)
				this.#visit(person, roomId).take()
			},
			leave: (roomId) => {
				if (rooms.delete(roomId)) this.#visit(person, roomId).giveBack(0)
			},
			release: (clean) => {
				if (this.#stopped || !isOpen) return
				isOpen = false
				const graceMs = clean ? 0 : this.#graceMs
				// In this order, so that who leaves because they went offline leaves as offline.
				this.#person(person).giveBack(graceMs)
				for (const roomId of rooms) this.#visit(person, roomId).giveBack(graceMs)
				rooms.clear()
			},
		}
	}

	/** Whether a connection of that person is open. */
	isConnected(person: Somebody): boolean {
		return this.#people.get(person.userId)?.isHeld === true
	}

	/** What a person says of themselves. Resolves when it is in the log, or will be as soon as allowed. */
	async choose(person: Somebody, state: 'online' | 'away'): Promise<void> {
		await this.#person(person).choose(state)
	}

	/** Connections that end from now on are the server's doing, and nobody's leaving. */
	stop(): void {
		this.#stopped = true
		for (const held of [...this.#people.values(), ...this.#visits.values()]) held.stop()
	}

	#person(person: Somebody, recorded: PresenceState = 'offline'): Held<PresenceState> {
		const { userId } = person
		return this.#held(
			this.#people,
			userId,
			recorded,
			recorded === 'offline' ? 'online' : recorded,
			'offline',
			this.#allowancesOf(userId).states,
			(state) => this.#writer.submit(system, { type: 'ChangePresence', person, state }),
		)
	}

	#visit(person: Somebody, roomId: string, recorded = false): Held<boolean> {
		const { visits } = this.#allowancesOf(person.userId)
		return this.#held(this.#visits, `${roomId} ${person.userId}`, recorded, true, false, visits, (isThere) =>
			this.#writer.submit(system, { type: isThere ? 'JoinRoom' : 'LeaveRoom', person, roomId }),
		)
	}

	/** A person's allowances outlive their connections, or coming and going would renew them. */
	#allowancesOf(userId: string): { states: Allowance; visits: Allowance } {
		let allowances = this.#allowances.get(userId)
		if (allowances === undefined) {
			if (this.#allowances.size >= allowancesMax) this.#forgetWhole()
			allowances = { states: new Allowance(transitionsPerMinute), visits: new Allowance(visitsPerMinute) }
			this.#allowances.set(userId, allowances)
		}
		return allowances
	}

	#forgetWhole(): void {
		for (const [userId, { states, visits }] of this.#allowances) {
			if (states.isWhole && visits.isWhole) this.#allowances.delete(userId)
		}
	}

	#held<State>(
		all: Map<string, Held<State>>,
		key: string,
		recorded: State,
		present: State,
		absent: State,
		allowance: Allowance,
		record: (state: State) => Promise<unknown>,
	): Held<State> {
		let held = all.get(key)
		if (held === undefined) {
			const settling = new Settling<State>(recorded, allowance, record, () => {
				// Nobody is to be remembered for having been here once.
				if (created.isOver) all.delete(key)
			})
			const created = new Held(settling, present, absent)
			held = created
			all.set(key, held)
		}
		return held
	}
}

/** Something that is the case while at least one connection holds it, and a little longer. */
class Held<State> {
	readonly #settling: Settling<State>
	readonly #absent: State
	#present: State
	#count = 0
	#ending: NodeJS.Timeout | undefined

	constructor(settling: Settling<State>, present: State, absent: State) {
		this.#settling = settling
		this.#present = present
		this.#absent = absent
	}

	get isHeld(): boolean {
		return this.#count > 0
	}

	get isOver(): boolean {
		return !this.isHeld && this.#ending === undefined && this.#settling.wanted === this.#absent
	}

	take(): void {
		this.#count += 1
		clearTimeout(this.#ending)
		this.#ending = undefined
		void this.#settling.want(this.#present)
	}

	giveBack(graceMs: number): void {
		this.#count -= 1
		if (this.#count === 0) this.endAfter(graceMs)
	}

	endAfter(graceMs: number): void {
		clearTimeout(this.#ending)
		this.#ending = setTimeout(() => {
			this.#ending = undefined
			void this.#settling.want(this.#absent)
		}, graceMs)
		this.#ending.unref()
	}

	async choose(present: State): Promise<void> {
		this.#present = present
		if (this.isHeld) await this.#settling.want(present)
	}

	stop(): void {
		clearTimeout(this.#ending)
		this.#settling.stop()
	}
}
