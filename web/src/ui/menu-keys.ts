import { useRef } from 'preact/hooks'

/** What is typed within that time belongs together. */
const typingMs = 600

/** Moves the focus in a menu: by the arrows, Home and End, and by the first letters of what is wanted. */
export function useMenuKeys(): (event: KeyboardEvent) => void {
	const typed = useRef({ text: '', at: 0 })
	return (event) => {
		const items = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[role^=menuitem]')]
		const next = nextOf(items, event, typed.current)
		if (next === undefined) return
		event.preventDefault()
		next.focus()
	}
}

function nextOf(
	items: HTMLElement[],
	event: KeyboardEvent,
	typed: { text: string; at: number },
): HTMLElement | undefined {
	const now = items.indexOf(document.activeElement as HTMLElement)
	switch (event.key) {
		case 'ArrowDown':
			return items[(now + 1) % items.length]
		case 'ArrowUp':
			return items.at(Math.max(now, 0) - 1)
		case 'Home':
		case 'PageUp':
			return items[0]
		case 'End':
		case 'PageDown':
			return items.at(-1)
		case 'Tab':
			// A menu is left by a choice or by Escape.
			return items[now]
	}
	if (event.key.length !== 1 || event.key === ' ' || event.ctrlKey || event.metaKey || event.altKey) return undefined
	typed.text = (event.timeStamp - typed.at > typingMs ? '' : typed.text) + event.key.toLowerCase()
	typed.at = event.timeStamp
	// The same letter again goes on to the next of them.
	const wanted = new Set(typed.text).size === 1 ? event.key.toLowerCase() : typed.text
	const from = wanted.length === 1 ? now + 1 : now
	const inTurn = [...items.slice(from), ...items.slice(0, from)]
	return inTurn.find((item) => item.textContent?.toLowerCase().startsWith(wanted))
}
