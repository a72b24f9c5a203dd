import { useEffect, useRef, useState } from 'preact/hooks'
import type { History, HistoryMessage, Replies, ShownMessage, StreamFrame } from '../../../src/client/browser.ts'
import { TailroomError } from '../../../src/client/browser.ts'
import { pathOf } from '../../../src/client/server.ts'
import { heard } from '../../../src/client/shown-message.ts'
import { whyNot } from '../messages/why-not.ts'
import { chat } from '../state/chat.ts'
import { followErased } from '../state/erased-people.ts'
import { say } from '../state/notices.ts'
import { timelineOf } from '../state/timelines.ts'

/** So many replies are read at first, so many more when somebody wants them. */
const repliesFirst = 50
const repliesMore = 200
/** What is shown is read again in pages of so many, and no more than that; what was read further back is asked for anew. */
const pageReplies = 500
const pagesMax = 4
/** After an answer that was lost on the way. */
const readAgainMs = 2_000

/** Which thread it is. */
export interface ThreadPlace {
	room: string
	/** The id of the message that is answered. */
	id: string
	/** A position of the log: the thread as it was then. Absent: as it is. */
	moment: number | undefined
}

interface Shown {
	/** Undefined until it is here. */
	answered?: ShownMessage
	/** Oldest first. */
	replies: readonly ShownMessage[]
	/** Before that sequence there are earlier ones; undefined: there are none. */
	next?: number | undefined
	/** Why they cannot be had. */
	problem?: TailroomError
}

export interface ThreadMessages extends Shown {
	/** Shows earlier replies too; undefined where there are none. */
	more: (() => void) | undefined
	again: () => void
}

/** A message and what answers it, kept as they are on the server as long as the component is there. */
export function useThread(place: ThreadPlace): ThreadMessages {
	const [shown, setShown] = useState<Shown>({ replies: [] })
	const [attempt, setAttempt] = useState(0)
	const following = useRef<Following | undefined>(undefined)
	useEffect(() => {
		const one = follow(place, setShown)
		following.current = one
		return one.end
	}, [place.room, place.id, place.moment, attempt])
	return {
		...shown,
		more: shown.next === undefined ? undefined : () => void following.current?.more(),
		again: () => setAttempt(attempt + 1),
	}
}

interface Following {
	/** Shows earlier replies too. */
	more(): Promise<void>
	end(): void
}

/** Reads it, hears what happens to it, and reads it again after an interruption, until its `end`. */
function follow(place: ThreadPlace, show: (shown: Shown) => void): Following {
	let shown: Shown = { replies: [] }
	let isOver = false
	let wasLive = chat.status.state === 'live'
	/** What was heard since it was asked for: the answer may not know of it. Undefined: nothing is being asked for. */
	let meanwhile: StreamFrame[] | undefined
	let timer: ReturnType<typeof setTimeout> | undefined
	/** Earlier replies are to be shown, as soon as nothing else is being asked for. */
	let isMoreWanted = false
	const set = (next: Shown) => {
		if (next !== shown && !isOver) show(next)
		shown = next
	}
	/** Shows what is read, unless it has to be read again by then. */
	const take = async (read: (isWanted: () => boolean) => Promise<() => Shown>) => {
		const frames: StreamFrame[] = []
		meanwhile = frames
		const isWanted = () => frames === meanwhile && !isOver
		try {
			const answer = await read(isWanted)
			if (isWanted()) set(frames.reduce((shown, frame) => heardIn(place.id, shown, frame), answer()))
		} catch (error) {
			if (isWanted()) throw error
		} finally {
			if (frames === meanwhile) meanwhile = undefined
		}
	}
	const readAgain = async () => {
		clearTimeout(timer)
		try {
			await take(async (isWanted) => {
				const answer = await read(place, shown.replies[0]?.sequence, isWanted)
				return () => answer
			})
			if (isMoreWanted) void more()
		} catch (error) {
			if (!(error instanceof TailroomError)) throw error
			// With the next line it is read again anyway.
			if (error.isTemporary && chat.status.state === 'live' && !isOver) timer = setTimeout(readAgain, readAgainMs)
			// What is shown already stays until then.
			const isKept = shown.answered !== undefined && error.isTemporary
			if (!isKept) set({ replies: [], problem: error })
		}
	}
	const more = async () => {
		const { next } = shown
		isMoreWanted = next !== undefined
		if (!isMoreWanted || meanwhile !== undefined) return
		try {
			await take(async () => {
				const earlier = await readReplies(place, repliesMore, next)
				return () => {
					isMoreWanted = false
					return { ...shown, replies: [...earlier.replies, ...shown.replies], next: earlier.next }
				}
			})
		} catch (error) {
			isMoreWanted = false
			say(whyNot(error, 'The earlier replies are not here.'))
		}
	}
	let listed = timelineOf(place.room)?.messages.at(-1)
	/** Whether the list of the room was read anew: where it has but a page more, what was there is still the same. */
	const isListNew = () => {
		const messages = timelineOf(place.room)?.messages ?? []
		if (listed !== undefined && messages.includes(listed)) return false
		const isFirst = listed === undefined
		listed = messages.at(-1)
		return !isFirst
	}
	void readAgain()
	const unlisten = chat.listen({
		frame(frame) {
			// The past does not change.
			if (place.moment !== undefined) return
			meanwhile?.push(frame)
			set(heardIn(place.id, shown, frame))
		},
		change(changes) {
			const isLive = chat.status.state === 'live'
			// Nobody tells what is said in a room that is not one's own.
			const isUnheard = !chat.rooms.has(place.room) && changes.has(`timeline ${place.room}`) && isListNew()
			if ((isLive && !wasLive) || isUnheard) void readAgain()
			wasLive = isLive
		},
	})
	const unfollow = followErased(() => place.moment === undefined && void readAgain())
	return {
		more,
		end: () => {
			isOver = true
			clearTimeout(timer)
			unlisten()
			unfollow()
		},
	}
}

/** The newest replies, and with `oldest` those from that sequence on, as far as it goes; as long as they are wanted. */
async function read(place: ThreadPlace, oldest: number | undefined, isWanted: () => boolean): Promise<Shown> {
	const [answered, newest] = await Promise.all([readAnswered(place), readReplies(place, repliesFirst)])
	let { replies, next } = newest
	for (let page = 0; page < pagesMax; page += 1) {
		if (oldest === undefined || next === undefined || next <= oldest || !isWanted()) break
		const earlier = await readReplies(place, pageReplies, next)
		replies = [...earlier.replies, ...replies]
		next = earlier.next
	}
	return { answered: { ...answered, asOf: answered.position }, replies, next }
}

async function readReplies(
	place: ThreadPlace,
	limit: number,
	before?: number,
): Promise<Pick<Shown, 'replies' | 'next'>> {
	const from = before === undefined ? '' : `&before=${before}`
	const path = `${pathOf(place.room, 'messages', place.id, 'replies')}?limit=${limit}${from}${atOf(place)}`
	const { messages, next, position } = await chat.ask<Replies>('GET', path)
	return { replies: messages.map((message) => ({ ...message, asOf: position })), next }
}

/** As it was then, where that is asked for. */
async function readAnswered(place: ThreadPlace): Promise<HistoryMessage> {
	const { room, id, moment } = place
	const now = await chat.ask<HistoryMessage>('GET', pathOf(room, 'messages', id))
	if (moment === undefined) return now
	const path = `${pathOf(room, 'messages')}?around=${now.sequence}&limit=1${atOf(place)}`
	const { messages } = await chat.ask<History>('GET', path)
	return messages.find((message) => message.id === id) ?? now
}

function atOf({ moment }: ThreadPlace): string {
	return moment === undefined ? '' : `&at=${moment}`
}

function heardIn(id: string, shown: Shown, frame: StreamFrame): Shown {
	const { answered, replies } = shown
	if (answered === undefined || !('cursor' in frame) || !('room' in frame)) return shown
	if (frame.type === 'message') {
		const isNew = frame.replyTo === id && !replies.some((reply) => reply.id === frame.id)
		return isNew ? { ...shown, replies: [...replies, { ...frame, asOf: frame.position }] } : shown
	}
	if (frame.room !== answered.room) return shown
	const next = replies.map((reply) => heard(reply, frame))
	const first = heard(answered, frame)
	if (first === answered && next.every((reply, index) => reply === replies[index])) return shown
	return { ...shown, answered: first, replies: next }
}
