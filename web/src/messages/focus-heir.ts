import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import { focusComposer } from '../state/composing.ts'
import { hasTouch } from '../state/device.ts'

/** When an element goes away that has the focus, its message gets it, or if that is gone too, where one writes. */
export function useFocusHeir(element: RefObject<HTMLElement | null>): void {
	useLayoutEffect(() => {
		const here = element.current
		return () => {
			const { activeElement } = document
			if (here === null || !here.contains(activeElement)) return
			const writesOn = activeElement?.matches(':focus-visible') || !hasTouch()
			const heir = here.closest('.message')?.querySelector<HTMLElement>('.message-time')
			if (heir && !here.contains(heir)) heir.focus({ preventScroll: true })
			// On a phone the focus where one writes would open its keyboard.
			queueMicrotask(() => {
				if (writesOn && document.activeElement === document.body) focusComposer()
			})
		}
	}, [])
}
