import { setTimeout } from 'node:timers/promises'
import { waitMs } from '../../client/backoff.ts'
import { TailroomError } from '../../client/error.ts'
import { pathOf, type Server } from '../../client/server.ts'
import type { MessageFrame } from '../../protocol/frames.ts'

/** A server restarts within it; longer nobody waits for a script that hangs. */
const patienceMsDefault = 30_000

interface PostOptions {
	key: string
	patienceMs?: number
	/** Told of the first failure that is tried again. */
	failing?: (problem: TailroomError) => void
}

/** Posts a message once, however often it takes. Rejects with what is no use to try again, or fails for too long. */
export async function post(
	server: Pick<Server, 'ask'>,
	room: string,
	content: string,
	{ key, patienceMs = patienceMsDefault, failing }: PostOptions,
): Promise<MessageFrame> {
	const path = pathOf(room, 'messages')
	const until = performance.now() + patienceMs
	for (let attempt = 1; ; attempt++) {
		// An answer that never comes must not take longer than all tries together.
		const signal = AbortSignal.timeout(Math.max(1, Math.ceil(until - performance.now())))
		try {
			return checked(await server.ask<MessageFrame>('POST', path, { body: { content }, key, signal }))
		} catch (error) {
			if (!(error instanceof TailroomError) || !error.isTemporary) throw error
			const pauseMs = waitMs(error, attempt)
			if (performance.now() + pauseMs > until) throw error
			if (attempt === 1) failing?.(error)
			await setTimeout(pauseMs)
		}
	}
}

/** Something else than a server of Tailroom's may answer in JSON too. */
function checked(message: MessageFrame): MessageFrame {
	if (message?.type === 'message' && typeof message.cursor === 'string') return message
	throw new TailroomError(
		'not_tailroom',
		'What answers there is not a Tailroom server: it has not said where the message is.',
	)
}
