/** Whether there is room for one thing at a time; in the styles it is the same width. */
export function isPhone(): boolean {
	return matchMedia('(max-width: 48rem)').matches
}

/** Whether one points with a finger. Then there is no keyboard but on the screen, which hides what one came for. */
export function hasTouch(): boolean {
	return matchMedia('(pointer: coarse)').matches
}
