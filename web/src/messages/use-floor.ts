import { useEffect, useState } from 'preact/hooks'
import type { Timeline } from '../../../src/client/browser.ts'
import type { History } from '../../../src/protocol/answers.ts'
import { chat } from '../state/chat.ts'
import { findFloor, floorIn } from './floor.ts'

/** Up to where the messages of a room are not kept any more, as far as it has shown so far. */
export function useFloor(room: string, { messages }: Timeline, count: number): number {
	const [floor, setFloor] = useState(0)
	const shown = floorIn(messages)
	const last = messages.at(-1)?.sequence ?? 0
	const isWithin = shown < last
	useEffect(() => {
		if (shown <= floor) return
		if (isWithin) return setFloor(shown)
		// Nothing that is here is kept: where that ends is found in a few steps.
		let isOver = false
		const read = (query: string) => chat.ask<History>('GET', `/rooms/${encodeURIComponent(room)}/messages${query}`)
		findFloor(read, shown, count).then(
			(found) => isOver || setFloor(found),
			() => {},
		)
		return () => {
			isOver = true
		}
	}, [shown, isWithin])
	return Math.min(floor, count)
}
