import { effect, signal } from '@preact/signals'
import type { TailroomError } from '../../../src/client/browser.ts'
import { chat, me, presence } from './chat.ts'
import { byName } from './names.ts'
import { roomNames } from './room-names.ts'

/** An account of this server. */
export interface Person {
	name: string
	displayName: string
	role: 'owner' | 'admin' | 'member' | 'bot'
	/** False: they cannot sign in any more. */
	active: boolean
}

/** Everybody who has an account, by name; empty until it is known, and for guests. */
export const people = signal<ReadonlyMap<string, Person>>(new Map())

/** Names that were not among them when it was asked: guests, and who is no more. */
const unknown = new Set<string>()
/** Several names that appear together are asked for once. */
const patienceMs = 200
/** And those of guests, who may be many and are in no list, no more often than that. */
const askAgainMs = 10_000
let isToAsk = false
let askedAt = Number.NEGATIVE_INFINITY
let asking: Promise<void> | undefined
/** After an answer that was lost on the way. */
let again: ReturnType<typeof setTimeout> | undefined

/** Asks who there is, for nobody tells when somebody comes or is called otherwise. */
export function askForPeople(): Promise<void> {
	asking ??= read().finally(() => {
		asking = undefined
	})
	return asking
}

/** What somebody is called to people; their name where they have chosen nothing else. */
export function displayNameOf(name: string): string {
	return personNamed(name)?.displayName ?? name
}

/** What is shown of who wrote something: a guest has but one name. */
export function writerOf({ sender, guest }: { sender: string; guest?: boolean | undefined }): string {
	return guest ? sender : displayNameOf(sender)
}

/** Undefined: a guest, or not known yet, and then it is asked. */
export function personNamed(name: string): Person | undefined {
	const known = people.value.get(name)
	if (known === undefined && name !== '' && people.value.size > 0 && !unknown.has(name)) {
		unknown.add(name)
		askSoon()
	}
	return known
}

/** Whether a room can be one: a conversation is with somebody who is known to be there. */
export function isKnown(room: string): boolean {
	return !room.startsWith('@') || roomNames.value.has(room) || people.value.has(room.slice(1))
}

function askSoon(): void {
	if (isToAsk) return
	isToAsk = true
	const waitMs = Math.max(patienceMs, askedAt + askAgainMs - performance.now())
	setTimeout(() => {
		isToAsk = false
		askedAt = performance.now()
		void askForPeople()
	}, waitMs)
}

/** Those one can write to, oneself first, the others by what they are called. */
export function peopleToWriteTo(): Person[] {
	const self = me.value?.name
	return [...people.value.values()]
		.filter(({ active }) => active)
		.sort((one, other) => {
			if (one.name === self || other.name === self) return one.name === self ? -1 : 1
			return byName.compare(one.displayName, other.displayName)
		})
}

async function read(): Promise<void> {
	if (me.peek()?.role === 'guest') return
	clearTimeout(again)
	try {
		const answer = await chat.ask<{ users: Person[] }>('GET', '/users')
		people.value = new Map(answer.users.map((person) => [person.name, person]))
	} catch (error) {
		// Names do as well, for a while.
		if ((error as TailroomError).isTemporary) again = setTimeout(askForPeople, askAgainMs)
	}
}

/** With each snapshot: much may have happened before it. */
effect(() => {
	if (me.value !== undefined) void askForPeople()
})

/** Who comes in for the first time is online before anything else is known of them. */
effect(() => {
	if (me.value !== undefined) for (const name of presence.value.keys()) personNamed(name)
})
