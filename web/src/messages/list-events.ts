import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { outbox } from '../state/chat.ts'
import { isFreeEscape, isTyping } from '../state/keys.ts'
import type { Place } from '../state/place.ts'

/** Whoever has just said something wants to see it. */
export function useOwnWords({ room, thread }: Extract<Place, { at: 'room' }>, toEnd: () => void): void {
	const newest = outbox.value.findLast((entry) => entry.room === room)?.key
	const last = useRef(newest)
	// At once, for the same reason as what a link leads to.
	useLayoutEffect(() => {
		// What was said in a thread is seen there.
		if (newest !== undefined && newest !== last.current && thread === undefined) toEnd()
		last.current = newest
	}, [newest])
}

/** Escape, where it means nothing else. */
export function useEscape(pressed: () => void): void {
	const latest = useRef(pressed)
	latest.current = pressed
	useEffect(() => {
		const listen = (event: KeyboardEvent) => {
			const target = event.target as Element
			const isHere = target === document.body || target.closest('.message-list, [data-focus-home]') !== null
			const isElsewhere = isTyping(target) && !target.matches('[data-focus-home]')
			if (isFreeEscape(event) && isHere && !isElsewhere) latest.current()
		}
		addEventListener('keydown', listen)
		return () => removeEventListener('keydown', listen)
	}, [])
}

/** Somebody looks at the page again. */
export function useAttention(comes: () => void): void {
	const latest = useRef(comes)
	latest.current = comes
	useEffect(() => {
		const listen = () => latest.current()
		addEventListener('focus', listen)
		document.addEventListener('visibilitychange', listen)
		return () => {
			removeEventListener('focus', listen)
			document.removeEventListener('visibilitychange', listen)
		}
	}, [])
}
