import type { IconNode } from 'lucide'
import type { ComponentChildren, JSX } from 'preact'
import './button.css'
import { Icon } from './icon.tsx'

type ButtonAttributes = Omit<JSX.IntrinsicElements['button'], 'class' | 'icon' | 'label'>

interface ButtonProps extends ButtonAttributes {
	/** `primary`: what one most likely wants; `danger`: what cannot be undone; `quiet`: beside these. Absent: neither. */
	kind?: 'primary' | 'danger' | 'quiet'
	icon?: IconNode
	children: ComponentChildren
}

export function Button({ kind, icon, children, ...attributes }: ButtonProps) {
	return (
		<button type="button" {...attributes} class={`button ${kind ?? ''}`}>
			{icon && <Icon of={icon} size={16} />}
			{children}
		</button>
	)
}

interface IconButtonProps extends ButtonAttributes {
	icon: IconNode
	/** What it is called; shown when one points at it. */
	label: string
}

/** A button that is a picture; its label is its name. */
export function IconButton({ icon, label, ...attributes }: IconButtonProps) {
	return (
		<button type="button" title={label} aria-label={label} {...attributes} class="icon-button">
			<Icon of={icon} />
		</button>
	)
}
