import { useEffect, useRef, useState } from 'preact/hooks'
import type { Timeline } from '../../../src/client/browser.ts'
import { pathOf } from '../../../src/client/server.ts'
import type { History } from '../../../src/protocol/answers.ts'
import { chat } from '../state/chat.ts'
import { orSay } from '../state/notices.ts'
import { findFloor, floorIn } from './floor.ts'

/** Up to where the messages of a room are not kept any more, as far as it has shown so far. */
export function useFloor(room: string, { messages }: Timeline, count: number): number {
	const [floor, setFloor] = useState(0)
	const shown = floorIn(messages)
	const last = messages.at(-1)?.sequence ?? 0
	const isWithin = shown < last
	const isSearching = useRef(false)
	useEffect(() => {
		if (shown <= floor || isSearching.current) return
		if (isWithin) return setFloor(shown)
		// Nothing that is here is kept: where that ends is found in a few steps.
		isSearching.current = true
		const read = (query: string) => chat.ask<History>('GET', `${pathOf(room, 'messages')}${query}`)
		void orSay(findFloor(read, shown, count)).then((found) => {
			isSearching.current = false
			if (found !== undefined) setFloor(found)
		})
	}, [shown, isWithin])
	return Math.min(floor, count)
}
