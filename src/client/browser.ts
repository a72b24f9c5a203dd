import { Chat, type ChatOptions } from './chat.ts'
import { TailroomError } from './error.ts'
import type { EventSourceClass } from './sse.ts'

export * from './exports.ts'

/** Keeps a server's rooms, people and messages as they are there; see `Chat`. */
export function connect(options: ChatOptions): Chat {
	return new Chat(inBrowser(options), { EventSource: EventSource as unknown as EventSourceClass })
}

/** The EventSource of a browser says who asks by a cookie alone. */
function inBrowser(options: ChatOptions): ChatOptions {
	if (options.token === undefined && options.guest === undefined) return options
	if (options.transport === 'sse') {
		throw new TailroomError('malformed', 'In a browser a token or a guest needs the transport "websocket".')
	}
	return { ...options, transport: 'websocket' }
}
