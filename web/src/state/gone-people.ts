import { effect, untracked } from '@preact/signals'
import type { TailroomError } from '../../../src/client/browser.ts'
import { chat, isOpen, me, outbox, status } from './chat.ts'
import { bringBack, draftRooms, moveDrafts } from './drafts.ts'
import { say } from './notices.ts'
import { closeNotification } from './notifying.ts'
import { isKnown, people } from './people.ts'
import { addressOf, go, lastRoom, place } from './place.ts'
import { forgetVisits, recentRooms } from './recent-rooms.ts'
import { roomNames } from './room-names.ts'

/** Conversations that go on under another name, by the one that they had. */
const renamed = new Map<string, string>()
let last: { user: string | undefined; names: ReadonlySet<string> } | undefined

/**
 * Who is erased is called otherwise, and no frame tells what they were called: one conversation is gone, and one is new. Where
 * several were erased while there was no line, nobody can say which is which.
 */
effect(() => {
	if (!isOpen.value) return
	const names = roomNames.value
	const user = me.peek()?.name
	const before = last
	last = { user, names }
	if (before === undefined || before.user !== user) return
	const gone = [...before.names.difference(names)].filter((name) => name.startsWith('@'))
	const come = [...names.difference(before.names)].filter((name) => /^@erased-\d+$/.test(name))
	for (const name of gone) closeNotification(name)
	const [from, to] = [gone[0], come[0]]
	if (from !== undefined && to !== undefined && gone.length + come.length === 2) untracked(() => goOn(from, to))
})

/** What was kept of a conversation with who is no more is forgotten, whenever they went. */
effect(() => {
	if (!isOpen.value) return
	outbox.value
	if (people.value.size > 0 && status.value.state === 'live') untracked(forgetGone)
})

function goOn(from: string, to: string): void {
	renamed.set(from, to)
	const here = place.value
	if (here.at === 'room' && here.room === from) go(addressOf(to, here), { replace: true })
	moveDrafts(from, to)
}

/** Of whom it is being asked whether they are there. */
const asking = new Set<string>()

function forgetGone(): void {
	const kept = [...draftRooms(), ...recentRooms(), lastRoom.get(), ...outbox.value.map(({ room }) => room)]
	for (const room of new Set(kept)) if (!isKnown(room) && !asking.has(room)) void forgetIfGone(room)
}

/** Who is not known may have come just now. */
async function forgetIfGone(room: string): Promise<void> {
	asking.add(room)
	try {
		await chat.ask('GET', `/users/${encodeURIComponent(room.slice(1))}`)
	} catch (error) {
		if ((error as TailroomError).code === 'not_found') forget(room)
	} finally {
		asking.delete(room)
	}
}

function forget(room: string): void {
	const to = renamed.get(room)
	// Each comes before what is there: the first one last.
	const unsent = outbox.value.filter((entry) => entry.room === room)
	for (const { key, replyTo, content } of unsent.toReversed()) {
		bringBack(to === undefined ? { room: `@${me.value?.name}` } : { room: to, replyTo }, content)
		chat.discard(key)
	}
	if (to === undefined && unsent.length > 0) {
		say('What you wrote to somebody who is not here any more was not sent. It is a draft in your notes to self.')
	}
	moveDrafts(room, to)
	forgetVisits(room)
	if (lastRoom.get() === room) lastRoom.forget()
}
