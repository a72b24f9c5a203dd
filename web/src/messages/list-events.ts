import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Timeline } from '../../../src/client/browser.ts'
import { editing, lastSent } from '../state/composing.ts'
import { isFreeEscape, isTyping } from '../state/keys.ts'
import type { Place } from '../state/place.ts'
import { editedIn } from './editing.ts'
import type { Span } from './wanted-load.ts'

/** Whoever has just said something wants to see it. */
export function useOwnWords({ room, thread }: Extract<Place, { at: 'room' }>, toEnd: () => void): void {
	const said = lastSent.value
	const last = useRef(said)
	// At once, for the same reason as what a link leads to.
	useLayoutEffect(() => {
		// What was said in a thread is seen there.
		const isHere = said?.room === room && (said.replyTo === undefined || thread === undefined)
		if (said !== last.current && isHere) toEnd()
		last.current = said
	}, [said])
}

/** What one writes anew is brought to the screen, if it is not there. */
export function useEdited({ messages }: Timeline, view: Span | undefined, show: (sequence: number) => void): void {
	const id = editedIn.value === 'room' ? editing.value : undefined
	useLayoutEffect(() => {
		const sequence = messages.find((message) => message.id === id)?.sequence
		if (sequence === undefined || view === undefined) return
		if (sequence < view.first || sequence > view.last) show(sequence)
	}, [id])
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
