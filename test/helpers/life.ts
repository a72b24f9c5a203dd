import assert from 'node:assert/strict'
import fc from 'fast-check'
import { system } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import { schemaVersions } from '../../src/events/catalogue.ts'
import { projections } from '../../src/projections/projector.ts'
import { type Choice, lookAround } from './deed.ts'
import { deedsInRooms } from './deeds-in-rooms.ts'
import { deedsOfAccounts } from './deeds-of-accounts.ts'
import type { Writing } from './sequencer.ts'

const deeds = { ...deedsInRooms, ...deedsOfAccounts }

/** One thing that somebody does. */
type Deed = Choice & { kind: keyof typeof deeds }

/** What happens in a house, in the batches in which it reaches the sequencer, and how long each is waited for. */
export type Life = { afterMs: number; batch: Deed[] }[]

const weights = Object.entries(deeds).map(([kind, { weight }]) => ({
	weight,
	arbitrary: fc.constant(kind as Deed['kind']),
}))
/** Few texts and few keys, so that some come again. */
const texts = ['a', 'b', 'c', 'hello @dora', '@dora and @emil', 'größer 👋 @room']
/** Without preference, since they choose among many things and not what is large or small. */
const number = fc.noBias(fc.nat(999))

const deed: fc.Arbitrary<Deed> = fc.record({
	kind: fc.oneof(...weights),
	who: number,
	which: number,
	how: number,
	text: fc.constantFrom(...texts),
	key: fc.option(fc.constantFrom('1', '2', '3'), { freq: 7, nil: undefined }),
})

const dayMs = 24 * 60 * 60 * 1_000

/** Mostly none; or so long that something comes to its end. */
const afterMs = fc.constantFrom(0, 0, 0, 0, 0, 30, 2 * dayMs, 8 * dayMs, 31 * dayMs)

export const anyLife: fc.Arbitrary<Life> = fc.array(
	fc.record({ afterMs, batch: fc.array(deed, { minLength: 1, maxLength: 8, size: 'max' }) }),
	{ maxLength: 30, size: 'max' },
)

/** The commands with which a house begins: who joins belongs to the room `general`, since that is there already. */
const firstBatch: Command[] = [
	{ type: 'OpenRoom', room: 'general' },
	{ type: 'OpenRoom', room: 'random' },
	...['dora', 'emil', 'fay'].map((name) => {
		return { type: 'AddUser', name, role: 'member', tokenHash: `token of ${name}`, passwordHash: 'secret' } as const
	}),
	{ type: 'AddMember', room: 'general', name: 'dora', role: 'moderator' },
	{ type: 'AddMember', room: 'random', name: 'emil', role: 'moderator' },
]

/** Runs one batch of a life. Before the first one, there are rooms, and those come who have accounts. */
export async function live(writing: Writing, { afterMs, batch }: Life[number]): Promise<void> {
	if (writing.log.head().position === 0) {
		await writing.run(...firstBatch.map((command) => writing.submit(command, { actor: system })))
	}
	writing.pass(afterMs)
	const house = lookAround(writing)
	const unique = (index: number) => `${writing.log.head().position}-${index}`
	const asked = batch.map(({ kind, ...choice }, index) => {
		const { command, ...by } = deeds[kind].ask(house, choice, unique(index))
		return writing.submit(command, by)
	})
	for (const answer of await writing.run(...asked)) {
		// Much of it cannot be done, which is part of life.
		assert.ok(answer.done || answer.code !== 'internal', 'something failed inside the server')
	}
}

/** What has happened in some lives, so that a property over them can be seen to reach everything. */
export class Happened {
	readonly #missing = new Set<string>([...Object.keys(schemaVersions), ...projections.map(({ name }) => name)])

	note(writing: Writing): void {
		const { views } = writing
		for (const { type } of writing.events()) this.#missing.delete(type)
		for (const { name } of projections) if (views.get(`SELECT 1 FROM ${name}`) !== undefined) this.#missing.delete(name)
	}

	/** The types of events that there was none of, and the views that never had a row. */
	missing(): string[] {
		return [...this.#missing]
	}
}
