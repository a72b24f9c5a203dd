import fc from 'fast-check'
import { guestNamed, system } from '../../src/commands/actor.ts'
import type { SubmittedCommand } from '../../src/commands/sequencer.ts'
import type { PresenceState } from '../../src/events/catalogue.ts'
import type { Writing } from './sequencer.ts'

/** One thing that somebody does; who, where and which are chosen among those that there are then. */
type Deed =
	| { kind: 'post'; who: number; room: string; content: string; key: number | undefined; replyTo: number | undefined }
	| { kind: 'open'; room: string }
	| { kind: 'presence'; who: number; state: PresenceState }
	| { kind: 'join' | 'leave'; who: number; room: number }

/** What happens in a house, in the batches in which it reaches the sequencer. */
export type Life = Deed[][]

const people = ['ada', 'bob', 'cid'].map((name) => guestNamed(name, 'a log'))
const who = fc.nat(people.length - 1)
/** The last one is no room's name. */
const room = fc.constantFrom('general', 'random', 'third', 'No Room')
/** Few texts and few keys, so that some come again; the empty text is refused. */
const content = fc.constantFrom('', 'a', 'b', 'hello', 'größer 👋')

const deed: fc.Arbitrary<Deed> = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.record({
			kind: fc.constant('post' as const),
			who,
			room,
			content,
			key: fc.option(fc.nat(4), { nil: undefined, freq: 3 }),
			replyTo: fc.option(fc.nat(40), { nil: undefined, freq: 3 }),
		}),
	},
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('open' as const), room }) },
	{
		weight: 2,
		arbitrary: fc.record({
			kind: fc.constant('presence' as const),
			who,
			state: fc.constantFrom('online' as const, 'away' as const, 'offline' as const),
		}),
	},
	{
		weight: 3,
		arbitrary: fc.record({ kind: fc.constantFrom('join' as const, 'leave' as const), who, room: fc.nat(3) }),
	},
)

export const anyLife: fc.Arbitrary<Life> = fc.array(fc.array(deed, { minLength: 1, maxLength: 6 }), { maxLength: 12 })

/** Runs one batch of a life. */
export async function live(writing: Writing, batch: readonly Deed[]): Promise<void> {
	const events = writing.events()
	const roomIds = events.flatMap((event) => (event.type === 'RoomOpened' ? [event.streamId] : []))
	const messageIds = events.flatMap((event) => (event.type === 'MessagePosted' ? [event.data.messageId] : []))
	await writing.run(...batch.map((deed) => submitted(writing, deed, roomIds, messageIds)))
}

function submitted(writing: Writing, deed: Deed, roomIds: string[], messageIds: string[]): SubmittedCommand {
	const person = 'who' in deed ? (people[deed.who] as (typeof people)[0]) : undefined
	switch (deed.kind) {
		case 'open':
			return writing.submit({ type: 'OpenRoom', room: deed.room }, { actor: system })
		case 'post': {
			const { room, content, key, replyTo } = deed
			const answered = replyTo === undefined ? {} : { replyTo: messageIds[replyTo] ?? 'no message' }
			const by = { actor: person, key: key?.toString() } as { key: string | undefined }
			return writing.submit({ type: 'PostMessage', room, content, ...answered }, by)
		}
		case 'presence':
			return writing.submit(
				{ type: 'ChangePresence', person: person as (typeof people)[0], state: deed.state },
				{ actor: system },
			)
		default: {
			const type = deed.kind === 'join' ? 'JoinRoom' : 'LeaveRoom'
			const roomId = roomIds[deed.room] ?? 'room-NONE'
			return writing.submit({ type, person: person as (typeof people)[0], roomId }, { actor: system })
		}
	}
}
