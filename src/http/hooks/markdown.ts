import { contentBytesMax } from '../../commands/limits.ts'
import { hookItemsMax } from '../limits.ts'

/** Text of others in which nothing is Markdown. */
export function escaped(text: string): string {
	// Within a word an underscore means nothing, and names of alerts and branches are full of them.
	return text.replace(/[\\`*[\]<~]|(?<!\w)_|_(?!\w)/g, '\\$&')
}

/** The same on one line, which is ours. */
export function inline(text: string): string {
	return escaped(oneLine(text))
}

export function bold(text: string): string {
	const shown = inline(text)
	return shown === '' ? '' : `**${shown}**`
}

/** A word for machines, on one line. */
export function code(text: string): string {
	const line = oneLine(text)
	if (line === '') return ''
	const ticks = '`'.repeat(longestRun(line, '`') + 1)
	return ticks.length === 1 ? `\`${line}\`` : `${ticks} ${line} ${ticks}`
}

/** A link, where it leads into the web; else only what it is called. */
export function link(label: string, url: string): string {
	const shown = inline(label) || inline(url)
	return isWebAddress(url) ? `[${shown}](${withoutEnds(url)})` : shown
}

export function isWebAddress(url: string): boolean {
	return /^(https?:\/\/|mailto:)[^\s]/i.test(url)
}

export function quoted(text: string): string {
	return text.trim() === '' ? '' : text.trim().replace(/^/gm, '> ')
}

/** Text as it is, within a fence that is longer than any in it; shortened so that it fits a message with its fences. */
export function codeBlock(text: string, language = ''): string {
	const whole = fenced(text, language)
	if (Buffer.byteLength(whole) <= contentBytesMax) return whole
	const room = contentBytesMax - shortened.length - language.length - 8
	// Where it is nearly all fences of its own, those around it are as long as what is kept.
	const kept = firstBytes(text, Math.max(room - 2 * fenceOf(text).length, Math.floor(room / 3)))
	return fenced(kept, language) + shortened
}

/** What of a list is shown, an item a line; and how many more there are. */
export function items<Item>(list: readonly Item[], shown: (item: Item) => string): string {
	const lines: string[] = []
	let chars = 0
	for (const item of list.slice(0, hookItemsMax)) {
		const line = shown(item)
		if (line !== '') lines.push(line)
		chars += line.length
		// What follows would be cut.
		if (chars > contentBytesMax) return lines.join('\n')
	}
	if (list.length > hookItemsMax) lines.push(`_… and ${list.length - hookItemsMax} more_`)
	return lines.join('\n')
}

/** Those of them that there are, as paragraphs of one text unless told otherwise. */
export function joined(parts: readonly string[], between = '\n\n'): string {
	return parts.filter((part) => part.trim() !== '').join(between)
}

/** So that it is a message: text that can be kept, and no longer than one may be. */
export function fitted(content: string): string {
	const text = content.toWellFormed().replaceAll('\0', '\ufffd')
	if (Buffer.byteLength(text) <= contentBytesMax) return text
	// With room for a fence that is cut.
	const kept = firstBytes(text, contentBytesMax - shortened.length - 2 * fenceCharsMax)
	const fence = openFence(kept)
	return `${kept}${fence === '' ? '' : `\n${fence}`}${shortened}`
}

const shortened = `\n\n_Shortened: a message has at most ${contentBytesMax} bytes._`

/** Longer fences are nobody's. */
const fenceCharsMax = 64

function fenced(text: string, language: string): string {
	const fence = fenceOf(text)
	return `${fence}${language}\n${text}${text.endsWith('\n') ? '' : '\n'}${fence}`
}

function fenceOf(text: string): string {
	return '`'.repeat(Math.max(3, longestRun(text, '`') + 1))
}

function longestRun(text: string, char: string): number {
	let longest = 0
	let run = 0
	for (const one of text) {
		run = one === char ? run + 1 : 0
		if (run > longest) longest = run
	}
	return longest
}

/** The fence of a code block that the text does not end; empty: there is none. */
function openFence(text: string): string {
	let open = ''
	for (const [, fence = '', rest = ''] of text.matchAll(/^(`{3,64}|~{3,64})(.*)$/gm)) {
		if (open === '') open = fence
		else if (fence.startsWith(open) && rest.trim() === '') open = ''
	}
	return open
}

/** Its beginning, without half of a character at the end. */
function firstBytes(text: string, bytes: number): string {
	return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(text).subarray(0, bytes), { stream: true })
}

function oneLine(text: string): string {
	return text.replace(/\s+/g, ' ').trim()
}

/** Nothing in it ends the address within a link. */
function withoutEnds(url: string): string {
	return url.replace(/[\s()<>\\|]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}
