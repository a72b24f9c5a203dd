import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

/** Gives an element the focus when it appears, if nothing has it: it may have gone with what was here before. */
export function useFreeFocus<Kind extends HTMLElement>(): RefObject<Kind | null> {
	const element = useRef<Kind>(null)
	useLayoutEffect(() => {
		if (document.activeElement === document.body) element.current?.focus({ preventScroll: true })
	}, [])
	return element
}
