import { X } from 'lucide'
import type { ComponentChildren } from 'preact'
import { focusComposer } from '../state/composing.ts'
import { panel } from '../state/layers.ts'
import { IconButton } from '../ui/button.tsx'

/** The title of a panel, and the button that closes it. */
export function PanelHead({ id, children }: { id: string; children: ComponentChildren }) {
	return (
		<header class="bar">
			<h2 id={id}>{children}</h2>
			<IconButton icon={X} label="Close" onClick={closePanel} />
		</header>
	)
}

export function closePanel(): void {
	panel.value = undefined
	focusComposer()
}

/** Escape closes a panel in which the focus is. */
export function closeOnEscape(event: KeyboardEvent): void {
	if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return
	event.preventDefault()
	closePanel()
}
