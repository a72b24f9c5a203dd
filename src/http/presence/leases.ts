import { type Somebody, system } from '../../commands/actor.ts'
import type { Writer } from '../../commands/writer.ts'
import { Allowance } from '../allowance.ts'
import {
	allowancesMax,
	idleAtOnceMax,
	presenceAwayMs,
	presenceGraceMs,
	transitionsPerMinute,
	visitsPerMinute,
} from '../limits.ts'
import { Attendant, type Standing } from './attendant.ts'
import { Held } from './held.ts'
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
	/** How long one is online without doing anything; the contract's five minutes if absent. */
	awayMs?: number
	/** Who the log says is there, from before a restart; until `listening` nobody of them leaves. */
	recorded: {
		presences: { person: Somebody; standing: Standing }[]
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
	readonly #awayMs: number
	readonly #people = new Map<string, Attendant>()
	readonly #visits = new Map<string, Held<boolean>>()
	readonly #allowances = new Map<string, { states: Allowance; visits: Allowance }>()
	readonly #resting: NodeJS.Timeout
	#stopped = false

	constructor({ writer, graceMs = presenceGraceMs, awayMs = presenceAwayMs, recorded }: LeasesOptions) {
		this.#writer = writer
		this.#graceMs = graceMs
		this.#awayMs = awayMs
		for (const { person, standing } of recorded.presences) this.#person(person, standing)
		for (const { person, roomId } of recorded.visits) this.#visit(person, roomId, true)
		this.#resting = setInterval(() => this.#rest(), awayMs / 30)
		this.#resting.unref()
	}

	/** From now on they can come back: who has not done so after twice the grace time leaves. */
	listening(): void {
		for (const held of [...this.#people.values(), ...this.#visits.values()]) {
			if (!held.isHeld) held.endAfter(2 * this.#graceMs)
		}
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

	/** Who was a member of a room and follows it on is its visitor from now on. */
	visits(userId: string, roomId: string): void {
		this.#visits.get(visitKey(userId, roomId))?.wasEnded()
	}

	/** Somebody does something: who was away for doing nothing is online again. */
	act(userId: string): void {
		this.#people.get(userId)?.act()
	}

	/** What a person says of themselves. Resolves when it is in the log, or will be as soon as allowed. */
	async choose(person: Somebody, state: 'online' | 'away'): Promise<void> {
		await this.#person(person).choose(state)
	}

	/** Connections that end from now on are the server's doing, and nobody's leaving. */
	stop(): void {
		this.#stopped = true
		clearInterval(this.#resting)
		for (const held of [...this.#people.values(), ...this.#visits.values()]) held.stop()
	}

	#person(person: Somebody, recorded: Standing = 'offline'): Attendant {
		const { states } = this.#allowancesOf(person.userId)
		return kept(this.#people, person.userId, (settled) => {
			const settling = new Settling(recorded, states, (standing) => this.#record(person, standing), settled)
			return new Attendant(settling, recorded === 'offline' ? 'online' : recorded, 'offline')
		})
	}

	#record(person: Somebody, standing: Standing): Promise<unknown> {
		const state = standing === 'idle' ? ({ state: 'away', idle: true } as const) : { state: standing }
		return this.#writer.submit(system, { type: 'ChangePresence', person, ...state })
	}

	#visit(person: Somebody, roomId: string, recorded = false): Held<boolean> {
		const { visits } = this.#allowancesOf(person.userId)
		return kept(this.#visits, visitKey(person.userId, roomId), (settled) => {
			const record = (isThere: boolean) =>
				this.#writer.submit(system, { type: isThere ? 'JoinRoom' : 'LeaveRoom', person, roomId })
			return new Held(new Settling(recorded, visits, record, settled), true, false)
		})
	}

	/** Who does nothing is away. After a restart that may be everybody: not all in one moment. */
	#rest(): void {
		const since = performance.now() - this.#awayMs
		let count = 0
		for (const attendant of this.#people.values()) {
			if (attendant.rest(since)) count += 1
			if (count === idleAtOnceMax) return
		}
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
}

function visitKey(userId: string, roomId: string): string {
	return `${roomId} ${userId}`
}

/** The one of that key, made if there is none. Nobody is to be remembered for having been here once. */
function kept<One extends { readonly isOver: boolean }>(
	all: Map<string, One>,
	key: string,
	make: (settled: () => void) => One,
): One {
	const there = all.get(key)
	if (there !== undefined) return there
	const made = make(() => {
		if (made.isOver) all.delete(key)
	})
	all.set(key, made)
	return made
}
