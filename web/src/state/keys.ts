import { useEffect } from 'preact/hooks'
import { closeDialog, dialog } from './layers.ts'
import { searchHere } from './searching.ts'
import { goToNext } from './unread.ts'

/** The keys that work wherever one is, as the list of keys says. */
export const keys = [
	{ keys: 'Ctrl K', mac: '⌘ K', does: 'Go to a room or person' },
	{ keys: 'Ctrl Shift F', mac: '⌘ ⇧ F', does: 'Search in this room' },
	{ keys: 'Alt ↑↓', mac: '⌥ ↑↓', does: 'Go to the room above or below' },
	{ keys: 'Alt Shift ↑↓', mac: '⌥ ⇧ ↑↓', does: 'Go to the next unread room' },
	{ keys: '↑', mac: '↑', does: 'Change your last message, where nothing is written' },
	{ keys: 'Shift Enter', mac: '⇧ Enter', does: 'Begin a new line' },
	{ keys: 'Ctrl B', mac: '⌘ B', does: 'Bold' },
	{ keys: 'Ctrl I', mac: '⌘ I', does: 'Italic' },
	{ keys: 'Ctrl E', mac: '⌘ E', does: 'Code' },
	{ keys: 'Ctrl Shift K', mac: '⌘ ⇧ K', does: 'Link' },
	{ keys: 'Esc', mac: 'Esc', does: 'Mark all of the room as read and go to its end' },
	{ keys: '↑ ↓', mac: '↑ ↓', does: 'From message to message, in the list' },
	{ keys: 'Home End', mac: 'Home End', does: 'The first message, the newest, in the list' },
	{ keys: '?', mac: '?', does: 'Show these keys' },
] as const

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

/** Listens to them as long as the workspace is there. */
export function useKeys(): void {
	useEffect(() => {
		addEventListener('keydown', pressed)
		return () => removeEventListener('keydown', pressed)
	}, [])
}

function pressed(event: KeyboardEvent): void {
	if (event.defaultPrevented || event.isComposing) return
	if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') {
		event.preventDefault()
		dialog.value = dialog.value?.name === 'switcher' ? undefined : { name: 'switcher' }
	}
	if ((event.ctrlKey || event.metaKey) && event.shiftKey && !event.altKey && event.key.toLowerCase() === 'f') {
		event.preventDefault()
		searchHere()
	}
	if (event.altKey && !event.ctrlKey && !event.metaKey && /^Arrow(Up|Down)$/.test(event.key)) {
		event.preventDefault()
		if (dialog.value === undefined) goToNext(event.key === 'ArrowUp' ? -1 : 1, { isUnread: event.shiftKey })
	}
	// It is still being loaded, and cannot hear itself that it is not wanted.
	if (dialog.value !== undefined && meansNothingInFront(event)) {
		event.preventDefault()
		closeDialog()
	}
	if (event.key === '?' && !isTyping(event.target)) {
		event.preventDefault()
		dialog.value = { name: 'keys' }
	}
}

/** Whether Escape is pressed where it means nothing else, such as to close what is in front, or will be in a moment. */
export function isFreeEscape(event: KeyboardEvent): boolean {
	return dialog.peek() === undefined && meansNothingInFront(event)
}

function meansNothingInFront(event: KeyboardEvent): boolean {
	if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return false
	return !(event.target instanceof HTMLSelectElement) && document.querySelector('dialog[open], :popover-open') === null
}

/** Where a key is a character. */
export function isTyping(target: EventTarget | null): boolean {
	return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
