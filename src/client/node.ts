import { EventSource } from 'eventsource'
import { Chat, type ChatOptions } from './chat.ts'
import { TailroomError } from './error.ts'
import { Following, type FollowOptions } from './follow.ts'
import { Server, type ServerOptions } from './server.ts'
import { isWholeFrame, isWholeRoom } from './shapes.ts'
import type { EventSourceClass, Platform } from './sse.ts'

export * from './exports.ts'
export { Following, type FollowOptions, type Stream } from './follow.ts'

/** Keeps a server's rooms, people and messages as they are there; see `Chat`. */
export function connect(options: ChatOptions): Chat {
	return new Chat(options, platformFor(options))
}

/** The frames of a stream, one after the other, across every interruption; see `Following`. */
export function follow(options: FollowOptions): Following {
	return new Following(options, platformFor(options))
}

/** An event can be no longer than that: the longest message, with each character escaped, is a third of it. */
const eventCharsMax = 1024 * 1024

/** With an EventSource that says who asks, which that of a browser cannot. */
function platformFor(options: ServerOptions): Platform {
	check(options)
	const { headers } = new Server(options)
	const saying = (input: string | URL, init: RequestInit) => {
		return fetch(input, { ...init, headers: { ...(init.headers as Record<string, string>), ...headers } })
	}
	class OwnEventSource extends EventSource {
		constructor(url: string) {
			super(url, { maxBufferSize: eventCharsMax, fetch: (input, init) => saying(input, init as RequestInit) })
		}
	}
	return { EventSource: OwnEventSource as unknown as EventSourceClass, isWholeFrame, isWholeRoom }
}

/** What fetch would refuse without a word, as if nobody were there. */
function check({ url, guest = '' }: ServerOptions): void {
	if (new URL(url).username !== '')
		throw new TailroomError('malformed', 'A name and password do not belong into an address.')
	if (!/^[\x20-\x7e]*$/.test(guest)) throw new TailroomError('malformed', `"${guest}" is not the name of a guest.`)
}
