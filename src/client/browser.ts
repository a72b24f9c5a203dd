import { Chat, type ChatOptions } from './chat.ts'
import { Following, type FollowOptions } from './follow.ts'
import type { EventSourceClass } from './sse.ts'

export * from './exports.ts'

/** Keeps a server's rooms, people and messages as they are there; see `Chat`. */
export function connect(options: ChatOptions): Chat {
	return new Chat(options, globalThis.EventSource as unknown as EventSourceClass)
}

/** The frames of a stream, one after the other, across every interruption; see `Following`. */
export function follow(options: FollowOptions): Following {
	return new Following(options, globalThis.EventSource as unknown as EventSourceClass)
}
