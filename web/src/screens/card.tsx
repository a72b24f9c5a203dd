import type { ComponentChildren } from 'preact'
import './card.css'

/** A screen with one thing to do. */
export function Card({
	title,
	hint,
	children,
}: {
	title: string
	hint?: ComponentChildren
	children?: ComponentChildren
}) {
	return (
		<main class="card-screen">
			<div class="card">
				<p class="card-mark">
					<img src="/icons/icon.svg" alt="" width="28" height="28" /> Tailroom
				</p>
				<h1>{title}</h1>
				{hint && <p class="card-hint">{hint}</p>}
				{children}
			</div>
		</main>
	)
}
