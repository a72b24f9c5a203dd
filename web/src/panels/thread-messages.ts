import { useEffect, useState } from 'preact/hooks'
import type { History, HistoryMessage, ShownMessage, StreamFrame } from '../../../src/client/browser.ts'
import { TailroomError } from '../../../src/client/browser.ts'
import { pathOf } from '../../../src/client/server.ts'
import { heard } from '../../../src/client/shown-message.ts'
import { chat } from '../state/chat.ts'
import { followErased } from '../state/erased-people.ts'

/** So many replies are read at first, and so many at most. */
const repliesFirst = 50
const repliesMax = 500

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
	const [limit, setLimit] = useState(repliesFirst)
	const [attempt, setAttempt] = useState(0)
	useEffect(() => follow(place, limit, setShown), [place.room, place.id, place.moment, limit, attempt])
	const hasMore = limit === repliesFirst && shown.replies.length >= repliesFirst
	return {
		...shown,
		more: hasMore ? () => setLimit(repliesMax) : undefined,
		again: () => setAttempt(attempt + 1),
	}
}

/** Reads it, hears what happens to it, and reads it again after an interruption; until the returned function is called. */
function follow(place: ThreadPlace, limit: number, show: (shown: Shown) => void): () => void {
	let shown: Shown = { replies: [] }
	let isOver = false
	let wasLive = chat.status.state === 'live'
	/** What was heard since it was asked for: the answer may not know of it. Undefined: nothing is being asked for. */
	let meanwhile: StreamFrame[] | undefined
	const set = (next: Shown) => {
		if (next !== shown && !isOver) show(next)
		shown = next
	}
	const readAgain = async () => {
		const frames: StreamFrame[] = []
		meanwhile = frames
		try {
			const answer = await read(place, limit)
			if (frames !== meanwhile) return
			set(frames.reduce((shown, frame) => heardIn(place.id, shown, frame), answer))
		} catch (error) {
			if (!(error instanceof TailroomError)) throw error
			// What is shown already is read again as soon as there is a line.
			const isKept = shown.answered !== undefined && error.isTemporary
			if (frames === meanwhile && !isKept) set({ replies: [], problem: error })
		}
		if (frames === meanwhile) meanwhile = undefined
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
			const isUnheard = !chat.rooms.has(place.room) && changes.has(`timeline ${place.room}`)
			if ((isLive && !wasLive) || isUnheard) void readAgain()
			wasLive = isLive
		},
	})
	const unfollow = followErased(() => place.moment === undefined && void readAgain())
	return () => {
		isOver = true
		unlisten()
		unfollow()
	}
}

async function read(place: ThreadPlace, limit: number): Promise<Shown> {
	const at = place.moment === undefined ? '' : `&at=${place.moment}`
	const path = `${pathOf(place.room, 'messages')}?replyTo=${encodeURIComponent(place.id)}&limit=${limit}${at}`
	const [answered, { messages, position }] = await Promise.all([
		readAnswered(place, at),
		chat.ask<History>('GET', path),
	])
	return {
		answered: { ...answered, asOf: answered.position },
		replies: messages.map((message) => ({ ...message, asOf: position })),
	}
}

/** As it was then, where that is asked for. */
async function readAnswered({ room, id }: ThreadPlace, at: string): Promise<HistoryMessage> {
	const now = await chat.ask<HistoryMessage>('GET', pathOf(room, 'messages', id))
	if (at === '') return now
	const path = `${pathOf(room, 'messages')}?around=${now.sequence}&limit=1${at}`
	const { messages } = await chat.ask<History>('GET', path)
	return messages.find((message) => message.id === id) ?? now
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
