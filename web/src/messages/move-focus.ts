/** Goes from message to message by the arrow keys. True: it did. */
export function moveFocus(list: HTMLElement, { key }: KeyboardEvent): boolean {
	if (key !== 'ArrowUp' && key !== 'ArrowDown') return false
	const rows = [...list.querySelectorAll<HTMLElement>('[data-sequence]')]
	const here = rows.findIndex((row) => row.contains(document.activeElement))
	const next = here < 0 ? lowestVisible(list, rows) : rows[here + (key === 'ArrowUp' ? -1 : 1)]
	if (next === undefined) return false
	next.focus({ preventScroll: true })
	next.scrollIntoView({ block: 'nearest' })
	return true
}

function lowestVisible(list: HTMLElement, rows: readonly HTMLElement[]): HTMLElement | undefined {
	const { bottom } = list.getBoundingClientRect()
	return rows.findLast((row) => row.getBoundingClientRect().bottom <= bottom + 1) ?? rows.at(-1)
}
