import { X } from 'lucide'
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { IconButton } from './button.tsx'
import './dialog.css'
import { Notice } from './notice.tsx'

interface DialogProps {
	title: string
	/** What stands under the title. */
	hint?: ComponentChildren
	/** `wide` for lists and tables. */
	size?: 'narrow' | 'wide'
	close: () => void
	children: ComponentChildren
}

/**
 * What goes before everything else until it is closed: by its button, by Escape, or by a click beside it. The browser
 * keeps the focus in it, and it goes back to where it was.
 */
export function Dialog({ title, hint, size = 'narrow', close, children }: DialogProps) {
	const dialog = useRef<HTMLDialogElement>(null)
	const titleId = useId()
	// Before the next key is pressed: it is meant for what was opened.
	useLayoutEffect(() => {
		const before = document.activeElement
		const element = dialog.current as HTMLDialogElement
		element.showModal()
		return () => {
			element.close()
			if (before instanceof HTMLElement && before.isConnected) before.focus()
			else document.querySelector<HTMLElement>('[data-focus-home]')?.focus()
		}
	}, [])
	return (
		<dialog
			ref={dialog}
			class={`dialog ${size}`}
			aria-labelledby={titleId}
			onCancel={(event) => {
				event.preventDefault()
				close()
			}}
			onPointerDown={(event) => event.target === event.currentTarget && close()}
		>
			<div class="dialog-body">
				<header>
					<h2 id={titleId}>{title}</h2>
					<IconButton icon={X} label="Close" onClick={close} />
				</header>
				{hint && <p class="dialog-hint">{hint}</p>}
				{children}
			</div>
			<Notice />
		</dialog>
	)
}
