import fc from 'fast-check'
import { guestNamed, type Person, system } from '../../src/commands/actor.ts'
import type { SubmittedCommand } from '../../src/commands/sequencer.ts'
import type { PresenceState } from '../../src/events/catalogue.ts'
import type { RecordedEvent } from '../../src/events/log.ts'
import { beganMs, type Writing } from './sequencer.ts'

/** One thing that somebody does; who, where and which are chosen among those that there are then. */
type Deed =
	| { kind: 'post'; who: number; room: string; content: string; key: number | undefined; replyTo: number | undefined }
	| { kind: 'react'; who: number; room: string; message: number; emoji: string; action: 'add' | 'remove' }
	| { kind: 'open'; room: string }
	| { kind: 'clear'; room: string; through: number }
	| { kind: 'edit'; who: number; which: number; content: string }
	/** By its author, or by who moderates. */
	| { kind: 'delete'; who: number | undefined; which: number }
	| { kind: 'archive'; room: string; archived: boolean }
	| { kind: 'erase'; who: number; messages: boolean }
	| { kind: 'finish erasing' }
	| { kind: 'ban' | 'mute'; who: number; room: string; endsAfterMs: number | undefined }
	| { kind: 'lift'; who: number; room: string; what: 'LiftBan' | 'LiftMute' }
	| { kind: 'presence'; who: number; state: PresenceState }
	| { kind: 'join' | 'leave'; who: number; room: number }

/** What happens in a house, in the batches in which it reaches the sequencer. */
export type Life = Deed[][]

const guests = ['ada', 'bob', 'cid'].map((name) => guestNamed(name, 'a log'))
/** Those with accounts. */
const names = ['dora', 'emil']
/** Of the guests, and of those with accounts after them. */
const who = fc.nat(guests.length + names.length - 1)
const whoHasAccount = fc.integer({ min: guests.length, max: guests.length + names.length - 1 })
const room = mostly(fc.constantFrom('general', 'random', 'third'), fc.constant('No Room'))
/** Few texts and few keys, so that some come again. */
const content = mostly(fc.constantFrom('a', 'b', 'hello @dora', 'größer 👋 @room'), fc.constant(''))

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
		weight: 3,
		arbitrary: fc.record({ kind: fc.constant('edit' as const), who: whoHasAccount, which: fc.nat(40), content }),
	},
	{
		weight: 1,
		arbitrary: fc.record({ kind: fc.constant('archive' as const), room, archived: fc.boolean() }),
	},
	{
		weight: 1,
		arbitrary: fc.record({ kind: fc.constant('erase' as const), who: whoHasAccount, messages: fc.boolean() }),
	},
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('finish erasing' as const) }) },
	{
		weight: 2,
		arbitrary: fc.record({
			kind: fc.constantFrom('ban' as const, 'mute' as const),
			who,
			room,
			// A command takes a millisecond.
			endsAfterMs: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
		}),
	},
	{
		weight: 1,
		arbitrary: fc.record({
			kind: fc.constant('delete' as const),
			who: fc.option(whoHasAccount, { nil: undefined }),
			which: fc.nat(40),
		}),
	},
	{
		weight: 1,
		arbitrary: fc.record({
			kind: fc.constant('lift' as const),
			who,
			room,
			what: fc.constantFrom('LiftBan' as const, 'LiftMute' as const),
		}),
	},
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

/** What there is when a batch begins. */
interface World {
	people: Person[]
	roomIds: string[]
	messages: Posted[]
}

type Posted = Extract<RecordedEvent, { type: 'MessagePosted' }>

/** Runs one batch of a life. Before the first one, those come who have accounts. */
export async function live(writing: Writing, batch: readonly Deed[]): Promise<void> {
	if (writing.log.head().position === 0) await writing.run(...names.map((name) => join(writing, name)))
	const events = writing.events()
	const world = {
		people: [...guests, ...events.flatMap(personBy)],
		roomIds: events.flatMap((event) => (event.type === 'RoomOpened' ? [event.streamId] : [])),
		messages: events.filter((event) => event.type === 'MessagePosted'),
	}
	await writing.run(...batch.map((deed) => submitted(writing, deed, world)))
}

function join(writing: Writing, name: string): SubmittedCommand {
	const tokenHash = `hash of ${name}`
	return writing.submit({ type: 'AddUser', name, role: 'member', tokenHash }, { actor: system })
}

/** Who was given a token when they joined. */
function personBy(event: RecordedEvent): Person[] {
	if (event.type !== 'TokenIssued') return []
	const { userId, tokenId, secretHash } = event.data
	const credential = { kind: 'token', id: tokenId, scope: 'full' } as const
	return [{ kind: 'user', userId, name: secretHash.replace('hash of ', ''), role: 'member', credential }]
}

function submitted(writing: Writing, deed: Deed, { people, roomIds, messages }: World): SubmittedCommand {
	const actor = 'who' in deed && deed.who !== undefined ? (people[deed.who] as Person) : system
	switch (deed.kind) {
		case 'open':
			return writing.submit({ type: 'OpenRoom', room: deed.room }, { actor })
		case 'clear': {
			const { room, through } = deed
			return writing.submit({ type: 'ClearHistory', room, through }, { actor })
		}
		case 'edit':
		case 'delete': {
			const theirs = messages.filter(({ data: { userId } }) => actor === system || userId === actor.userId)
			const message = theirs[deed.which % (theirs.length + 1)]
			const [room, messageId] = [message?.data.room ?? 'general', idOf(message)]
			if (deed.kind === 'delete') return writing.submit({ type: 'DeleteMessage', room, messageId }, { actor })
			return writing.submit({ type: 'EditMessage', room, messageId, content: deed.content }, { actor })
		}
		case 'archive': {
			const { room, archived } = deed
			return writing.submit({ type: 'ChangeRoom', room, archived }, { actor: system })
		}
		case 'erase': {
			const also = deed.messages ? { messages: true as const } : {}
			return writing.submit({ type: 'EraseUser', name: (actor as Person).name, ...also }, { actor: system })
		}
		case 'finish erasing':
			return writing.submit({ type: 'FinishErasing' }, { actor: system })
		case 'ban':
		case 'mute': {
			const type = deed.kind === 'ban' ? 'BanPerson' : 'MutePerson'
			const ends = deed.endsAfterMs === undefined ? {} : { untilMs: beganMs + deed.endsAfterMs }
			const command = { type, ...against(people, deed), ...ends, reason: '' } as const
			return writing.submit(command, { actor: system })
		}
		case 'lift':
			return writing.submit({ type: deed.what, ...against(people, deed) }, { actor: system })
		case 'post': {
			const { room, content, key, replyTo } = deed
			const answered = replyTo === undefined ? {} : { replyTo: idOf(messages[replyTo % (messages.length + 1)]) }
			return writing.submit({ type: 'PostMessage', room, content, ...answered }, { actor, key: key?.toString() })
		}
		case 'presence': {
			const person = actor as Person
			return writing.submit({ type: 'ChangePresence', person, state: deed.state }, { actor: system })
		}
		case 'react': {
			const { room, message, emoji, action } = deed
			const messageId = idOf(messages[message % (messages.length + 1)])
			return writing.submit({ type: 'React', room, messageId, emoji, action }, { actor })
		}
		default: {
			const type = deed.kind === 'join' ? 'JoinRoom' : 'LeaveRoom'
			const roomId = roomIds[deed.room] ?? 'room-NONE'
			return writing.submit({ type, person: actor as Person, roomId }, { actor: system })
		}
	}
}

function idOf(message: Posted | undefined): string {
	return message?.data.messageId ?? 'no message'
}

function against(people: readonly Person[], { who, room }: { who: number; room: string }) {
	return { room, name: (people[who] as Person).name, guests: true } as const
}
