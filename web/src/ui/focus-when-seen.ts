/**
 * Gives an element the focus as soon as it can have it: a row of the list is hidden until it has been measured. Not
 * any more when something else has been given it meanwhile. Returns what ends it.
 */
export function focusWhenSeen(element: HTMLElement): () => void {
	const before = document.activeElement
	let frame = 0
	const look = () => {
		const { activeElement } = document
		if (activeElement !== before && activeElement !== document.body) return
		element.focus()
		if (document.activeElement !== element) frame = requestAnimationFrame(look)
	}
	look()
	return () => cancelAnimationFrame(frame)
}
