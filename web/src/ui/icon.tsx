import type { IconNode } from 'lucide'
import { h } from 'preact'

/**
 * A picture beside words or in a button that has a name: it says nothing by itself.
 * @param size in pixels where text is as large as usual; it grows with the text
 */
export function Icon({ of: shapes, size = 18 }: { of: IconNode; size?: number }) {
	return (
		<svg
			class="icon"
			width={`${size / 16}rem`}
			height={`${size / 16}rem`}
			viewBox="0 0 24 24"
			fill="none"
			stroke="currentColor"
			stroke-width="1.8"
			stroke-linecap="round"
			stroke-linejoin="round"
			aria-hidden="true"
			focusable="false"
		>
			{shapes.map(([tag, attributes]) => h(tag, attributes as object))}
		</svg>
	)
}
