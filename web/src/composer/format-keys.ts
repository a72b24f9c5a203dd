import { isMac } from '../state/keys.ts'
import { type Change, linked, marked } from './markdown.ts'

const marks: Readonly<Record<string, string>> = { b: '**', i: '_', e: '`' }

/** What a key changes about what is selected; undefined: it is no such key. */
export function formatFor(event: KeyboardEvent, input: HTMLTextAreaElement): Change | undefined {
	const { value, selectionStart, selectionEnd } = input
	if (!(isMac ? event.metaKey : event.ctrlKey) || event.altKey) return undefined
	const key = event.key.toLowerCase()
	if (event.shiftKey) return key === 'k' ? linked(value, selectionStart, selectionEnd) : undefined
	const mark = marks[key]
	return mark === undefined ? undefined : marked(value, selectionStart, selectionEnd, mark)
}

/** An address that is pasted over words makes a link of them. */
export function linkFor(pasted: string, { value, selectionStart, selectionEnd }: HTMLTextAreaElement) {
	const selected = value.slice(selectionStart, selectionEnd)
	if (selected === '' || /[\n\][]|^https?:/.test(selected) || !/^https?:\/\/[^\s()]+$/.test(pasted)) return undefined
	return linked(value, selectionStart, selectionEnd, pasted)
}
