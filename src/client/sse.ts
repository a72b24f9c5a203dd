import type { RoomAnswer } from '../protocol/answers.ts'
import { nonsense, parsed } from './error.ts'
import type { Ear, Line, StreamFrame } from './line.ts'

/** What is needed of an EventSource: the browser's own, or one of a package. */
export interface EventSourceLike {
	readonly readyState: number
	addEventListener(type: string, listener: (event: { data?: unknown }) => void): void
	close(): void
}
export type EventSourceClass = new (url: string) => EventSourceLike

/** What differs between a page and a program. */
export interface Platform {
	EventSource: EventSourceClass
	/** Whether what a server says has what it promises. Absent in a page, which that very server has served. */
	isWholeFrame?(frame: { type: string }): boolean
	isWholeRoom?(room: RoomAnswer): boolean
}

/** Those without a name of their own, the messages, come as `message`. */
const types =
	'message hello live mark bye edit delete clear reaction member room read presence presence_count typing'.split(' ')
const closed = 2

/**
 * A line over Server-Sent Events. The EventSource comes back once by itself, after what the server told it by
 * `retry`; if that fails too, the line is lost.
 */
export function openSse(EventSource: EventSourceClass, url: string, ear: Ear): Line {
	const source = new EventSource(url)
	let isInterrupted = false
	let isOver = false
	const end = (why: Parameters<Ear['lost']>[0]) => {
		close()
		ear.lost(why)
	}
	const close = () => {
		isOver = true
		source.close()
	}
	const hear = ({ data }: { data?: unknown }) => {
		if (isOver) return
		const frame = parsed<StreamFrame>(String(data))
		if (typeof frame?.type !== 'string') return end(nonsense(url))
		if (frame.type === 'live') isInterrupted = false
		ear.hear(frame)
	}
	for (const type of types) source.addEventListener(type, hear)
	source.addEventListener('error', () => {
		if (isOver) return
		if (source.readyState === closed) return end('refused')
		if (isInterrupted) return end('broken')
		isInterrupted = true
		ear.interrupted()
	})
	return { close, say() {} }
}
