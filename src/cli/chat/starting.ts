import type { Chat } from '../../client/chat.ts'
import { TailroomError } from '../../client/error.ts'

/** Resolves when it is known who one is, and which rooms there are; rejects with what is in the way of that. */
export function started(chat: Chat): Promise<void> {
	return new Promise((resolve, reject) => {
		const stop = chat.listen({
			change() {
				const { state, problem } = chat.status
				if (chat.user !== undefined) {
					stop()
					resolve()
				} else if (state === 'offline' || state === 'stopped') {
					stop()
					reject(problem ?? new TailroomError('closed', 'The client was closed.'))
				}
			},
		})
	})
}
