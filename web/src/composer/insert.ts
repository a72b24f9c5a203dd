import type { Change } from './markdown.ts'

/** Changes what is written as if it were typed: it can be undone, and the field says that it has changed. */
export function insert(input: HTMLTextAreaElement, { start, end, text, selection }: Change): void {
	input.focus()
	input.setSelectionRange(start, end)
	if (!document.execCommand(text === '' ? 'delete' : 'insertText', false, text)) {
		input.setRangeText(text, start, end, 'end')
		input.dispatchEvent(new InputEvent('input', { bubbles: true }))
	}
	input.setSelectionRange(...selection)
}
