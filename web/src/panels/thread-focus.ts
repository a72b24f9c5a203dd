import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { replies } from './open-thread.ts'
import { useWish } from './use-wish.ts'

/** Gives a thread the focus: where one writes if that is wanted, else itself, where one has come by a link in a message. */
export function useThreadFocus(panel: RefObject<HTMLElement | null>): void {
	useWish(replies, (isNew) => {
		if (isNew) panel.current?.querySelector<HTMLElement>('.composer textarea')?.focus()
		else if (document.activeElement?.closest('.room .message')) panel.current?.focus()
	})
}

/** In pixels: who is so near to the end is at the end. */
const nearEnd = 40

/** Keeps what scrolls at its end, where it is there, when it has more; and what is read in its place, when there are earlier ones. */
export function useThreadScroll(replies: readonly { id: string }[]): RefObject<HTMLDivElement | null> {
	const box = useRef<HTMLDivElement>(null)
	const isAtEnd = useRef(true)
	const first = replies[0]?.id
	const shownFirst = useRef(first)
	/** Of what is read from the lower end of it all, before there is more above. */
	const heldFromEnd = useRef(0)
	if (first !== shownFirst.current && box.current) heldFromEnd.current = fromEnd(box.current)
	useLayoutEffect(() => {
		const element = box.current as HTMLElement
		const see = () => {
			isAtEnd.current = fromEnd(element) - element.clientHeight < nearEnd
		}
		element.addEventListener('scroll', see, { passive: true })
		return () => element.removeEventListener('scroll', see)
	}, [])
	useLayoutEffect(() => {
		const element = box.current as HTMLElement
		if (isAtEnd.current) element.scrollTop = element.scrollHeight
		else if (first !== shownFirst.current) element.scrollTop = element.scrollHeight - heldFromEnd.current
		shownFirst.current = first
	}, [first, replies.length])
	return box
}

function fromEnd({ scrollHeight, scrollTop }: HTMLElement): number {
	return scrollHeight - scrollTop
}

/** When a button is not needed any more, and had the focus, that goes to the panel. */
export function useFocusWithout(button: unknown, panel: RefObject<HTMLElement | null>): void {
	const isShown = button !== undefined
	const wasShown = useRef(isShown)
	useLayoutEffect(() => {
		if (wasShown.current && !isShown && document.activeElement === document.body) panel.current?.focus()
		wasShown.current = isShown
	}, [isShown])
}
