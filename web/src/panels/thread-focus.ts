import { useSignalEffect } from '@preact/signals'
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { replies } from './open-thread.ts'

/** The last wish to write in a thread that was granted. */
let granted = 0

/** Gives a thread the focus: where one writes if that is wanted, else itself, where one has come by a link in a message. */
export function useThreadFocus(panel: RefObject<HTMLElement | null>): void {
	useSignalEffect(() => {
		const isWanted = replies.value > granted
		granted = replies.value
		if (isWanted) panel.current?.querySelector<HTMLElement>('.composer textarea')?.focus()
		else if (document.activeElement?.closest('.room .message')) panel.current?.focus()
	})
}

/** In pixels: who is so near to the end is at the end. */
const nearEnd = 40

/** Keeps what scrolls at its end, where it is there, when it has more. */
export function useAtEnd(length: number): RefObject<HTMLDivElement | null> {
	const box = useRef<HTMLDivElement>(null)
	const isAtEnd = useRef(true)
	useLayoutEffect(() => {
		const element = box.current as HTMLElement
		const see = () => {
			isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < nearEnd
		}
		element.addEventListener('scroll', see, { passive: true })
		return () => element.removeEventListener('scroll', see)
	}, [])
	useLayoutEffect(() => {
		const element = box.current as HTMLElement
		if (isAtEnd.current) element.scrollTop = element.scrollHeight
	}, [length])
	return box
}
