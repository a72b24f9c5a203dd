const longMs = 450
/** Within that time a click follows. */
const clickMs = 150
/** So far a finger that rests may slip, in pixels. */
const slipMax = 10

/** Tells when a finger that has rested on a message is lifted: what opens before that, its lifting would close again. */
export function pressedLong(told: (target: Element) => void): void {
	let touch: { target: Element; x: number; y: number; since: number } | undefined
	addEventListener('pointerdown', ({ target, pointerType, clientX: x, clientY: y, isPrimary, timeStamp: since }) => {
		const element = target as Element
		const isMessage = pointerType === 'touch' && isPrimary && isAtRest(element)
		touch = isMessage ? { target: element, x, y, since } : undefined
	})
	addEventListener('pointermove', ({ clientX, clientY }) => {
		if (touch && Math.hypot(clientX - touch.x, clientY - touch.y) > slipMax) touch = undefined
	})
	addEventListener('pointercancel', () => {
		touch = undefined
	})
	addEventListener('pointerup', ({ timeStamp }) => {
		if (touch === undefined || timeStamp - touch.since < longMs) return
		const { target } = touch
		touch = undefined
		insteadOfClick(() => told(target))
	})
	// A menu of the browser would take the finger.
	addEventListener('contextmenu', (event) => {
		if (touch !== undefined) event.preventDefault()
	})
}

/** The click that comes of the lifting is none: what opens before it would get it. Not every browser makes one. */
function insteadOfClick(act: () => void): void {
	const clicked = (event: Event) => {
		event.preventDefault()
		event.stopImmediatePropagation()
		clearTimeout(timer)
		act()
	}
	const timer = setTimeout(() => {
		removeEventListener('click', clicked, { capture: true })
		act()
	}, clickMs)
	addEventListener('click', clicked, { capture: true, once: true })
}

/** Not where a finger does something else. */
function isAtRest(element: Element): boolean {
	return element.closest('.message') !== null && element.closest('a, button, textarea, [popover]') === null
}
