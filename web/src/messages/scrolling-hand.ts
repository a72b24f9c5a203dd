import type { RefObject } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { isAboutList } from './move-focus.ts'

/** What is scrolled so long after a hand has done something is scrolled by it. */
const handMs = 1_000

/** Whether somebody scrolls an element just now: by a wheel, a finger, a key, or its scrollbar. */
export function useScrollingHand(element: RefObject<HTMLElement | null>): { isScrolling(): boolean } {
	const hand = useMemo(() => {
		let at = Number.NEGATIVE_INFINITY
		return {
			isScrolling: () => performance.now() - at < handMs,
			moved: (event: Event) => {
				if (!isForSomethingInIt(event)) at = performance.now()
			},
		}
	}, [])
	useEffect(() => {
		const scrolled = element.current as HTMLElement
		const happenings = ['wheel', 'touchmove', 'keydown', 'pointerdown']
		// Whoever only looks on holds up no scrolling.
		for (const name of happenings) scrolled.addEventListener(name, hand.moved, { passive: true })
		return () => {
			for (const name of happenings) scrolled.removeEventListener(name, hand.moved)
		}
	}, [])
	return hand
}

/** A press that is not for the scrollbar, or a key that a button or a menu in the list takes. */
function isForSomethingInIt(event: Event): boolean {
	if (event instanceof KeyboardEvent) return !isAboutList(event)
	return event.type === 'pointerdown' && event.target !== event.currentTarget
}
