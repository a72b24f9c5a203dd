import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'

/**
 * When something goes away with the focus in it, the focus goes to the first button of what is around it: of the nearest
 * element of that selector, or there to what is unfolded.
 */
export function useFocusAfter(gone: RefObject<HTMLElement | null>, around: string): void {
	useLayoutEffect(() => {
		const element = gone.current
		const stays = element?.closest(around)
		return () => {
			const hadFocus = element?.contains(document.activeElement) || document.activeElement === document.body
			if (!hadFocus) return
			setTimeout(() => {
				if (document.activeElement !== document.body || !stays?.isConnected) return
				const unfolded = stays.querySelector<HTMLElement>('button[aria-expanded="true"]')
				;(unfolded ?? stays.querySelector('button'))?.focus()
			})
		}
	}, [])
}
