/** Moves the focus among the buttons of a grid; before the first row is the field. */
export function moveInGrid(event: KeyboardEvent, columns: number, field: HTMLElement): void {
	const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll('button')]
	const now = buttons.indexOf(document.activeElement as HTMLButtonElement)
	const next = nextOf(event.key, now, columns)
	if (next !== undefined) {
		event.preventDefault()
		if (next < 0) field.focus()
		else buttons[Math.min(next, buttons.length - 1)]?.focus()
	} else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey) {
		// Whoever types looks for another one: the character is the field's.
		field.focus()
	}
}

/** Negative: before the first row. */
function nextOf(key: string, now: number, columns: number): number | undefined {
	const rowStart = now - (now % columns)
	switch (key) {
		case 'ArrowRight':
			return now + 1
		case 'ArrowLeft':
			return now === 0 ? -1 : now - 1
		case 'ArrowDown':
			return now + columns
		case 'ArrowUp':
			return now - columns
		case 'Home':
			return rowStart
		case 'End':
			return rowStart + columns - 1
		case 'PageDown':
			return now + 4 * columns
		case 'PageUp':
			return Math.max(now - 4 * columns, now % columns)
		default:
			return undefined
	}
}
