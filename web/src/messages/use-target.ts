import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Timeline } from '../../../src/client/browser.ts'
import { say } from '../state/notices.ts'
import { arrivals, type Place } from '../state/place.ts'
import type { ListHandle } from './virtual-messages.tsx'

/** So long a message that a link leads to stands out. */
const targetMs = 2_500

/** Goes to the message that the address names, each time that somebody goes there. */
export function useTarget(
	{ sequence, thread }: Extract<Place, { at: 'room' }>,
	timeline: Timeline,
	list: { current: ListHandle | null },
): number | undefined {
	const [target, setTarget] = useState<number>()
	const visit = arrivals.value
	const wasThere = useRef(false)
	// Not later: an effect that waits is run within the next drawing, and the list draws itself where it is scrolled.
	useLayoutEffect(() => {
		const isBack = sequence === undefined && thread === undefined && wasThere.current
		wasThere.current = sequence !== undefined
		if (isBack && timeline.state === 'shown') {
			if (!timeline.atEnd) void timeline.latest()
			list.current?.show('end')
		}
		if (sequence === undefined) return
		let isOver = false
		let timer: ReturnType<typeof setTimeout>
		const goThere = async () => {
			const isHere = timeline.messages.some((message) => message.sequence === sequence)
			const isThere = isHere || (await timeline.around(sequence))
			if (isOver || !isThere) return
			const { messages } = timeline
			const nearest = messages.find((message) => message.sequence >= sequence) ?? messages.at(-1)
			if (nearest === undefined || nearest.sequence !== sequence) say(`There is no message ${sequence} here.`)
			if (nearest === undefined) return
			list.current?.show({ sequence: nearest.sequence, place: 'middle' })
			setTarget(nearest.sequence)
			timer = setTimeout(() => setTarget(undefined), targetMs)
		}
		void goThere()
		return () => {
			isOver = true
			clearTimeout(timer)
			setTarget(undefined)
		}
	}, [sequence, visit])
	return target
}
