import type { IconNode } from 'lucide'
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { IconButton } from '../ui/button.tsx'

interface SectionProps {
	title: string
	/** The button that brings more of it. Absent: there is none. */
	icon?: IconNode
	add?: string
	onAdd?: () => void
	children: ComponentChildren
}

/** A part of the list of where one can go. */
export function Section({ title, icon, add, onAdd, children }: SectionProps) {
	const id = useId()
	return (
		<section class="sidebar-section">
			<header>
				<h2 id={id}>{title}</h2>
				{icon && add && <IconButton icon={icon} label={add} onClick={onAdd} />}
			</header>
			<ul aria-labelledby={id}>{children}</ul>
		</section>
	)
}
