import { Lexer, type Token, Tokenizer, type Tokens } from 'marked'
import { type Bounds, TooMuch } from './bounds.ts'

/** The Markdown of a text, or `TooMuch`. */
export function lex(text: string, bounds: Bounds): Token[] {
	if (manyMarkers.test(text)) throw new TooMuch('A line is nested too deep')
	return new BoundedLexer(bounds).lex(text)
}

/**
 * A line of quotes and lists in each other, deeper than is read, and no rule across the page: marked looks at each of
 * them for each line that follows.
 */
const manyMarkers = /^(?!(?:[ \t]*-)+[ \t]*$|(?:[ \t]*\*)+[ \t]*$)(?:[ \t]*(?:>|(?:[*+-]|\d{1,9}[.)])(?=[ \t]))){25}/m

/**
 * Many of marked's patterns look ahead to the end of what they are in, from each place where something may begin. So a
 * text that is made for it takes the square of its length: 64 KiB of `_*a` half a minute. What is ahead is therefore
 * counted before each such look, by what was measured.
 */
class BoundedLexer extends Lexer {
	readonly #bounds: Bounds

	constructor(bounds: Bounds) {
		super({ gfm: true, breaks: true, tokenizer: new ChatTokenizer(bounds) })
		this.#bounds = bounds
	}

	override inlineTokens(src: string, tokens?: Token[]): Token[] {
		const beginnings = count(src, /[!-/:-@[-`{-~\n]| (?= )/g)
		this.#bounds.spend(callSteps + src.length * (1 + beginnings + emphasisSteps * count(src, /[*_~]/g)))
		if (src.includes('@')) this.#spendOnAddresses(src)
		return this.#bounds.deeper(() => super.inlineTokens(src, tokens))
	}

	/** From each letter of a word before an `@` it is asked anew whether an address begins there. */
	#spendOnAddresses(src: string): void {
		for (const word of src.match(/[\w.!#$%&'*+/=?`{|}~-]+@?/g) ?? [])
			if (word.endsWith('@')) this.#bounds.spend(word.length ** 2)
	}
}

/** A call by itself: it is not free, however short its text is. */
const callSteps = 100

/** A paragraph by itself, for which all kinds of blocks are tried. */
const paragraphSteps = 2_000

/** What may begin or end emphasis is looked for with patterns that take this many times as long as the others. */
const emphasisSteps = 16

/** Of a table with so many cells each is read by itself, and missing ones are made up. */
const cellSteps = 1_000

/** What is Markdown in a chat: no HTML, no definitions elsewhere in the text, no headings by a line beneath. */
class ChatTokenizer extends Tokenizer {
	readonly #bounds: Bounds

	constructor(bounds: Bounds) {
		super()
		this.#bounds = bounds
	}

	override blockquote(src: string): Tokens.Blockquote | undefined {
		if (!/^ {0,3}>/.test(src)) return undefined
		this.#bounds.spend(callSteps + looksFromLines(uptoBlankLine(src)))
		return this.#bounds.deeper(() => super.blockquote(src))
	}

	override list(src: string): Tokens.List | undefined {
		if (!/^ {0,3}(?:[*+-]|\d{1,9}[.)])/.test(src)) return undefined
		for (const part of uptoEndOfList(src).split(/\n[ \t]*\n/)) this.#bounds.spend(callSteps + looksFromLines(part))
		return this.#bounds.deeper(() => super.list(src))
	}

	override table(src: string): Tokens.Table | undefined {
		const lines = uptoBlankLine(src).split('\n')
		if (!/^[ \t|:-]+$/.test(lines[1] ?? '')) return undefined
		this.#bounds.spend(cellSteps * lines.length * count(lines[0] ?? '', /\|/g))
		const table = super.table(src)
		// A row may have more cells than the header, which are left out. Then it is no table: nothing may get lost.
		return table && letters(cellsOf(table)) === letters(table.raw) ? table : undefined
	}

	/**
	 * Asked before each paragraph, which is what it counts for: its pattern looks from each line to the end. (marked joins
	 * paragraphs only where nobody overrides them.) In a list each line is asked for by itself.
	 */
	override lheading(src: string): undefined {
		const ahead = uptoBlankLine(src)
		this.#bounds.spend(this.lexer.state.top ? paragraphSteps + looksFromLines(ahead) : ahead.length)
	}

	override html(): undefined {}

	override def(): undefined {}

	/** As text: marked's own would take what is between `<a>` and `</a>` for a link. */
	override tag(src: string): Tokens.Tag | undefined {
		const { inLink } = this.lexer.state
		const tag = super.tag(src)
		this.lexer.state.inLink = inLink
		return tag
	}
}

/** From the beginning of each line to the end, and as much as a few times more. */
function looksFromLines(src: string): number {
	return src.length * (4 + count(src, /\n/g))
}

function uptoBlankLine(src: string): string {
	return upto(src, /\n[ \t]*\n/)
}

/** A list goes on after a blank line with what is indented, or with another item. */
function uptoEndOfList(src: string): string {
	return upto(src, /\n[ \t]*\n(?![ \t\n]|[*+-]|\d{1,9}[.)])/)
}

function upto(src: string, pattern: RegExp): string {
	const end = src.search(pattern)
	return end === -1 ? src : src.slice(0, end)
}

function cellsOf({ header, rows }: Tokens.Table): string {
	return [header, ...rows].flatMap((cells) => cells.map(({ text }) => text)).join('')
}

function letters(text: string): string {
	return text.replace(/[^\p{L}\p{N}]/gu, '')
}

function count(text: string, pattern: RegExp): number {
	return text.match(pattern)?.length ?? 0
}
