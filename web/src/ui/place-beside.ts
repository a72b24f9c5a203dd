/** Between it and what it belongs to, and the edges of the window, in pixels. */
const gap = 6

/** Puts a box beside an element: below or above it, within the window. */
export function placeBeside(box: HTMLElement, element: HTMLElement): void {
	const { top, bottom, left, right } = element.getBoundingClientRect()
	const { offsetWidth, offsetHeight } = box
	const below = bottom + gap
	const above = top - gap - offsetHeight
	const isBelow = below + offsetHeight <= innerHeight - gap || above < gap
	const isToTheLeft = left + offsetWidth > innerWidth - gap
	box.style.top = `${within(isBelow ? below : above, innerHeight - offsetHeight)}px`
	box.style.left = `${within(isToTheLeft ? right - offsetWidth : left, innerWidth - offsetWidth)}px`
}

function within(start: number, max: number): number {
	return Math.max(gap, Math.min(start, max - gap))
}
