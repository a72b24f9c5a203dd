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

/** Of the message that an element belongs to. */
export function sequenceOf(element: Element): number | undefined {
	const item = element.closest<HTMLElement>('[data-sequence]')
	return item === null ? undefined : Number(item.dataset.sequence)
}

/** Whether a key is meant for the list, and not for something in a message. */
export function isAboutList({ target, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
	if (ctrlKey || metaKey || altKey || shiftKey) return false
	return target instanceof Element && target.matches('.message-scroller, [data-sequence], [data-sequence] > article')
}
