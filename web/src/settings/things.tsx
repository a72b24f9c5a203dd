import type { ComponentChildren } from 'preact'

interface ThingsProps<Thing> {
	/** What the list is called. */
	label: string
	/** Said where there are none. */
	none: string
	of: readonly Thing[]
	children: (thing: Thing) => ComponentChildren
}

/** A list of things that one has. */
export function Things<Thing>({ label, none, of, children }: ThingsProps<Thing>) {
	if (of.length === 0) return <p class="things-none">{none}</p>
	return (
		<ul class="things" aria-label={label}>
			{of.map(children)}
		</ul>
	)
}

interface ThingProps {
	/** Stands before it. */
	picture?: ComponentChildren
	title: ComponentChildren
	/** A word of how it stands, beside the title. */
	mark?: string | undefined
	markKind?: 'good' | 'wrong' | undefined
	/** What is known of it; what is empty is left out. */
	facts: readonly (string | undefined)[]
	/** What is wrong with it. */
	problem?: string | undefined
	/** Buttons. */
	children?: ComponentChildren
}

/** One of them: a line where there is room, a card on a phone. */
export function Thing({ picture, title, mark, markKind, facts, problem, children }: ThingProps) {
	return (
		<li class="thing">
			{picture}
			<div class="thing-words">
				<p class="thing-title">
					<strong>{title}</strong>
					{mark && <span class={`thing-mark ${markKind ?? ''}`}>{mark}</span>}
				</p>
				<p class="thing-facts">
					{facts
						.filter((fact) => fact !== undefined && fact !== '')
						.map((fact) => (
							<span key={fact}>{fact}</span>
						))}
				</p>
				{problem && <p class="problem">{problem}</p>}
			</div>
			{children && <div class="thing-actions">{children}</div>}
		</li>
	)
}
