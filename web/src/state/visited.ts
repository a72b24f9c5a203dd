import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { TailroomError, WholeRoom } from '../../../src/client/browser.ts'
import { pathOf } from '../../../src/client/server.ts'
import { chat, roomNamed, status } from './chat.ts'

/** The room that is shown without being one's own, as it was when it was asked for. */
const visited = signal<WholeRoom | undefined>()

/** What is known of a room that is shown, also where one only visits it. Undefined: nothing, or nothing yet. */
export function useRoom(room: string): WholeRoom | undefined {
	const own = roomNamed(room)
	const isOwn = own !== undefined
	const isLive = status.value.state === 'live'
	useEffect(() => {
		if (isOwn || !isLive || room.startsWith('@')) return
		let isWanted = true
		let timer: ReturnType<typeof setTimeout> | undefined
		const look = async () => {
			const answer = await ask(room)
			if (!isWanted) return
			if (answer === 'unreachable') timer = setTimeout(look, askAgainMs)
			else visited.value = answer
		}
		void look()
		return () => {
			isWanted = false
			clearTimeout(timer)
		}
	}, [room, isOwn, isLive])
	return own ?? (visited.value?.room === room ? visited.value : undefined)
}

/** Once for all that show it. */
let asking: { room: string; answer: Promise<Answer> } | undefined

type Answer = WholeRoom | undefined | 'unreachable'

/** After an answer that was lost on the way. */
const askAgainMs = 2_000

function ask(room: string): Promise<Answer> {
	if (asking?.room === room) return asking.answer
	const answer = chat.ask<WholeRoom>('GET', pathOf(room)).catch((error: TailroomError): Answer => {
		// The messages say why there are none.
		return error.isTemporary ? 'unreachable' : undefined
	})
	const mine = { room, answer }
	asking = mine
	void answer.then(() => {
		if (asking === mine) asking = undefined
	})
	return answer
}
