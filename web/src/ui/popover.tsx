import type { ComponentChildren, JSX, RefObject } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { placeBeside } from './place-beside.ts'
import './popover.css'

interface Opener {
	isOpen: boolean
	open: () => void
	close: () => void
	/** For the button that opens it, and closes it again. */
	button: Pick<JSX.IntrinsicElements['button'], 'aria-expanded' | 'onPointerDown' | 'onClick'> & {
		ref: RefObject<HTMLButtonElement | null>
	}
}

/** A button, and whether what it opens is there. */
export function useOpener(): Opener {
	const ref = useRef<HTMLButtonElement>(null)
	const [isOpen, setIsOpen] = useState(false)
	// A press on the button is one beside the box, which closes it: the click is not to open it again.
	const wasOpen = useRef(false)
	const open = () => setIsOpen(true)
	const close = () => setIsOpen(false)
	return {
		isOpen,
		open,
		close,
		button: {
			ref,
			'aria-expanded': isOpen,
			onPointerDown: () => {
				wasOpen.current = isOpen
			},
			onClick: () => {
				if (isOpen || wasOpen.current) close()
				else open()
				wasOpen.current = false
			},
		},
	}
}

interface PopoverProps {
	opener: Opener
	role: 'menu' | 'dialog'
	'aria-label': string
	class?: string
	/** What has the focus at first, as a selector. Absent: the box itself. */
	first?: string
	onKeyDown?: (event: KeyboardEvent) => void
	children: ComponentChildren
}

/**
 * What lies over everything as long as it is there, beside the button that opened it, and on a phone at the lower edge.
 * A click beside it, or Escape, closes it; then the focus is on the button again.
 */
export function Popover({ opener, class: name = '', first, onKeyDown, children, ...roleAndName }: PopoverProps) {
	const box = useRef<HTMLDivElement>(null)
	useLayoutEffect(() => {
		const button = opener.button.ref.current as HTMLElement
		return shown(box.current as HTMLElement, button, first)
	}, [])
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: its role is among what it is given
		<div
			{...roleAndName}
			ref={box}
			popover="auto"
			tabIndex={-1}
			class={`popover ${name}`}
			onToggle={(event) => event.newState === 'closed' && opener.close()}
			onKeyDown={(event) => {
				// What is behind it is not meant.
				event.stopPropagation()
				if (event.key !== 'Escape') return onKeyDown?.(event)
				event.preventDefault()
				opener.close()
			}}
		>
			{children}
		</div>
	)
}

/** Shows it until the returned function is called. */
function shown(box: HTMLElement, button: HTMLElement, first: string | undefined): () => void {
	const place = () => placeBeside(box, button)
	box.showPopover()
	place()
	const head = first === undefined ? null : box.querySelector<HTMLElement>(first)
	;(head ?? box).focus({ preventScroll: true })
	// It may grow as its content comes.
	const observer = new ResizeObserver(place)
	observer.observe(box)
	addEventListener('scroll', place, { capture: true, passive: true })
	addEventListener('resize', place)
	return () => {
		observer.disconnect()
		removeEventListener('scroll', place, { capture: true })
		removeEventListener('resize', place)
		const { activeElement } = document
		if (activeElement === document.body || box.contains(activeElement)) button.focus({ preventScroll: true })
	}
}
