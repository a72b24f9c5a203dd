import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { WholeRoom } from '../../../src/client/browser.ts'
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
		void ask(room).then((answer) => {
			if (isWanted) visited.value = answer
		})
		return () => {
			isWanted = false
		}
	}, [room, isOwn, isLive])
	return own ?? (visited.value?.room === room ? visited.value : undefined)
}

/** Once for all that show it. */
let asking: { room: string; answer: Promise<WholeRoom | undefined> } | undefined

function ask(room: string): Promise<WholeRoom | undefined> {
	if (asking?.room === room) return asking.answer
	// The messages say why there are none.
	const answer = chat.ask<WholeRoom>('GET', pathOf(room)).catch(() => undefined)
	const mine = { room, answer }
	asking = mine
	void answer.then(() => {
		if (asking === mine) asking = undefined
	})
	return answer
}
