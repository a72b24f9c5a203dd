import type { ComponentChildren } from 'preact'

interface PartProps {
	title: string
	hint?: ComponentChildren
	children: ComponentChildren
}

/** One of the things in a section, with its title. */
export function Part({ title, hint, children }: PartProps) {
	return (
		<section class="settings-part">
			<h2>{title}</h2>
			{hint && <p class="settings-hint">{hint}</p>}
			{children}
		</section>
	)
}
