import fc from 'fast-check'
import { guestNamed, system } from '../../src/commands/actor.ts'
import type { SubmittedCommand } from '../../src/commands/sequencer.ts'
import type { PresenceState } from '../../src/events/catalogue.ts'
import type { Writing } from './sequencer.ts'

/** One thing that somebody does; who, where and which are chosen among those that there are then. */
type Deed =
	| { kind: 'post'; who: number; room: string; content: string; key: number | undefined; replyTo: number | undefined }
	| { kind: 'react'; who: number; room: string; message: number; emoji: string; action: 'add' | 'remove' }
	| { kind: 'open'; room: string }
	| { kind: 'clear'; room: string; through: number }
	| { kind: 'presence'; who: number; state: PresenceState }
	| { kind: 'join' | 'leave'; who: number; room: number }

/** What happens in a house, in the batches in which it reaches the sequencer. */
export type Life = Deed[][]

const people = ['ada', 'bob', 'cid'].map((name) => guestNamed(name, 'a log'))
const who = fc.nat(people.length - 1)
const room = mostly(fc.constantFrom('general', 'random', 'third'), fc.constant('No Room'))
/** Few texts and few keys, so that some come again. */
const content = mostly(fc.constantFrom('a', 'b', 'hello', 'größer 👋'), fc.constant(''))

/** The other one now and then. */
function mostly<A, B>(usual: fc.Arbitrary<A>, other: fc.Arbitrary<B>): fc.Arbitrary<A | B> {
	return fc.oneof({ weight: 7, arbitrary: usual }, { weight: 1, arbitrary: other })
}

const deed: fc.Arbitrary<Deed> = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.record({
			kind: fc.constant('post' as const),
			who,
			room,
			content,
			key: mostly(fc.constant(undefined), fc.nat(4)),
			replyTo: mostly(fc.constant(undefined), fc.nat(40)),
		}),
	},
	{
		weight: 6,
		arbitrary: fc.record({
			kind: fc.constant('react' as const),
			who,
			room,
			message: fc.nat(40),
			emoji: mostly(fc.constantFrom('👍', '❤'), fc.constant('ok')),
			action: fc.constantFrom('add' as const, 'remove' as const),
		}),
	},
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('open' as const), room }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), room, through: fc.nat(12) }) },
	{
		weight: 2,
		arbitrary: fc.record({
			kind: fc.constant('presence' as const),
			who,
			state: fc.constantFrom('online' as const, 'away' as const, 'offline' as const),
		}),
	},
	{
		weight: 6,
		arbitrary: fc.record({ kind: fc.constantFrom('join' as const, 'leave' as const), who, room: fc.nat(1) }),
	},
)

export const anyLife: fc.Arbitrary<Life> = fc.array(fc.array(deed, { minLength: 1, maxLength: 6, size: 'max' }), {
	maxLength: 12,
	size: 'max',
})

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
		case 'clear': {
			const { room, through } = deed
			return writing.submit({ type: 'ClearHistory', room, through }, { actor: system })
		}
		case 'post': {
			const { room, content, key, replyTo } = deed
			const answered =
				replyTo === undefined ? {} : { replyTo: messageIds[replyTo % (messageIds.length + 1)] ?? 'no message' }
			const by = { actor: person, key: key?.toString() } as { key: string | undefined }
			return writing.submit({ type: 'PostMessage', room, content, ...answered }, by)
		}
		case 'react': {
			const { room, message, emoji, action } = deed
			const messageId = messageIds[message % (messageIds.length + 1)] ?? 'no message'
			return writing.submit({ type: 'React', room, messageId, emoji, action }, { actor: person as (typeof people)[0] })
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
