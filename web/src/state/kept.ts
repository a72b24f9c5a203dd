import type { Frame, ShownMessage, Snapshot, StreamFrame, Timeline } from '../../../src/client/browser.ts'
import { heard } from '../../../src/client/shown-message.ts'
import { chat } from './chat.ts'
import { followErased } from './erased-people.ts'
import { forgetKept, type KeptRoom, readKept, writeKept } from './kept-store.ts'

/** Of each room so many messages, the newest. */
const messagesMax = 60
/** Of so many rooms, those that were opened last. */
const roomsMax = 20
/** Between a change and its writing. */
const writeAfterMs = 3_000

/** Rooms that were open lately, as the server has them: they hear what the chat hears. */
const kept = new Map<string, KeptRoom>()
/** Rooms to be written, or to be written away. */
const changed = new Set<string>()
/** Whether what was kept before this page is as the server has it. */
let isChecked = false
let timer: ReturnType<typeof setTimeout> | undefined
let writing: Promise<unknown> = Promise.resolve()

/** A timeline begins with what was kept, until its own messages are here: if there is nothing newer, or no line. */
export function showKept({ room, messages }: Timeline): void {
	const known = kept.get(room)?.messages ?? []
	const isAll = known.at(-1)?.sequence === chat.rooms.get(room)?.sequence
	if (isAll || chat.status.state !== 'live') messages.push(...known)
}

/** Keeps what is shown of a room at its end. */
function keepMessages(room: string, messages: readonly ShownMessage[]): void {
	put(room, { openedAt: Date.now(), messages: messages.slice(-messagesMax) })
	if (kept.size <= roomsMax) return
	const [oldest] = [...kept].sort(([, one], [, other]) => one.openedAt - other.openedAt)
	if (oldest !== undefined) drop(oldest[0])
}

/** What the chat begins with where there is no line; the messages come with it, and go on hearing from there. */
export async function beginKept(): Promise<Snapshot | undefined> {
	const before = await readKept()
	if (before === undefined) return undefined
	for (const [room, one] of before.rooms) kept.set(room, one)
	isChecked = true
	return before.state
}

/** Keeps the chat from now on: how it stands, and what was said in the rooms that were open lately. */
export function startKeeping(timelineOf: (room: string) => Timeline | undefined): void {
	chat.listen({
		frame: hear,
		change(changes) {
			if (changes.has('rooms')) writeSoon()
			for (const [what, room = ''] of [...changes].map((change) => change.split(' '))) {
				const timeline = what === 'timeline' ? timelineOf(room) : undefined
				if (timeline?.state === 'shown' && timeline.atEnd) keepMessages(room, timeline.messages)
			}
		},
	})
	followErased(() => void check())
	addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && write())
	addEventListener('pagehide', write)
}

/** A server that stops or has too much to do is gone on with, and nothing was missed; else something may have been. */
function hear(frame: StreamFrame): void {
	if (frame.type === 'live') {
		if (!isChecked) void check()
	} else if (frame.type === 'bye') isChecked &&= frame.reason === 'stopping' || frame.reason === 'overloaded'
	else if (frame.type === 'hello') isChecked &&= frame.mode !== 'reset'
	else if ('cursor' in frame && 'room' in frame) hearInRoom(frame)
}

function hearInRoom(frame: Exclude<Frame, { type: 'presence' }>): void {
	const one = kept.get(frame.room)
	if (one === undefined) return
	if (frame.type !== 'message') {
		const messages = one.messages.map((message) => heard(message, frame))
		if (messages.some((message, index) => message !== one.messages[index])) put(frame.room, { ...one, messages })
	} else if (frame.sequence === (one.messages.at(-1)?.sequence ?? 0) + 1) {
		const messages = [...one.messages, { ...frame, asOf: frame.position }]
		put(frame.room, { ...one, messages: messages.slice(-messagesMax) })
	}
}

/** What was kept before is dropped, for it may be erased by now, and read again one room after the other. */
async function check(): Promise<void> {
	isChecked = true
	const before = await readKept()
	const isOthers = before !== undefined && before.state.user.name !== chat.user?.name
	const rooms = [...new Map([...(before?.rooms ?? []), ...kept])]
	for (const [room] of rooms) drop(room)
	if (isOthers) return
	for (const [room, { openedAt }] of rooms.sort(([, one], [, other]) => other.openedAt - one.openedAt)) {
		if (!chat.rooms.has(room)) continue
		const { state, messages } = await newestOf(room)
		if (state === 'shown' && !kept.has(room)) put(room, { openedAt, messages: messages.slice(-messagesMax) })
	}
}

/** A room as the server has it at this very moment. */
function newestOf(room: string): Promise<Timeline> {
	return new Promise((resolve) => {
		const timeline = chat.open(room)
		const unlisten = chat.listen({
			change() {
				if (timeline.state === 'loading') return
				unlisten()
				timeline.close()
				resolve(timeline)
			},
		})
	})
}

function put(room: string, one: KeptRoom): void {
	kept.set(room, one)
	changed.add(room)
	writeSoon()
}

function drop(room: string): void {
	kept.delete(room)
	changed.add(room)
	writeSoon()
}

function writeSoon(): void {
	timer ??= setTimeout(write, writeAfterMs)
}

/** Writes what has changed, if it is of one moment; else with the next change. */
function write(): void {
	clearTimeout(timer)
	timer = undefined
	writing = writing.then(writeAll)
}

async function writeAll(): Promise<void> {
	const { snapshot } = chat
	if (snapshot === undefined) return
	for (const room of kept.keys()) if (!snapshot.rooms.some((mine) => mine.room === room)) drop(room)
	const rooms = new Map([...changed].map((room) => [room, kept.get(room)]))
	changed.clear()
	try {
		await writeKept(rooms, snapshot)
	} catch (error) {
		// Who has no place left for it does without. A page that is being closed just could not.
		if ((error as DOMException).name === 'QuotaExceededError') return forgetKept()
		for (const room of rooms.keys()) changed.add(room)
	}
}
