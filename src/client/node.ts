import { EventSource } from 'eventsource'
import { Chat, type ChatOptions } from './chat.ts'
import { Following, type FollowOptions } from './follow.ts'
import { Server, type ServerOptions } from './server.ts'
import type { EventSourceClass } from './sse.ts'

export * from './exports.ts'
export { Following, type FollowOptions, type Stream } from './follow.ts'

/** Keeps a server's rooms, people and messages as they are there; see `Chat`. */
export function connect(options: ChatOptions): Chat {
	return new Chat(options, eventSourceFor(options))
}

/** The frames of a stream, one after the other, across every interruption; see `Following`. */
export function follow(options: FollowOptions): Following {
	return new Following(options, eventSourceFor(options))
}

/** One that says who asks, which that of a browser cannot. */
function eventSourceFor(options: ServerOptions): EventSourceClass {
	const server = new Server(options)
	return class extends EventSource {
		constructor(url: string) {
			super(url, {
				fetch: (input, init) =>
					fetch(input, { ...init, headers: { ...init.headers, ...server.headers } } as RequestInit),
			})
		}
	} as unknown as EventSourceClass
}
