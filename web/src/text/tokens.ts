import type { MarkedToken, Token, Tokens } from 'marked'
import { printable } from '../../../src/protocol/message-line.ts'
import { addressOf, unlike } from './addresses.ts'
import { Bounds } from './bounds.ts'
import { lex } from './lexer.ts'
import { type Names, named } from './names.ts'
import type { Block, Cell, Inline, Item, Mark, Tree, Words } from './tree.ts'

/** The rows of a list are drawn again and again, and there are more than on a screen. */
const treesMax = 256

/** By the rooms that there are, since they make another tree of the same text. */
const trees = new WeakMap<ReadonlySet<string>, Map<string, Tree>>()

/** A message's text, read as Markdown. `mentions`: whom it calls upon, as its frame says; `room` is everybody. */
export function parse(content: string, mentions: readonly string[], rooms: ReadonlySet<string>): Tree {
	const key = `${mentions.join(' ')}\n${content}`
	const known = trees.get(rooms) ?? new Map<string, Tree>()
	trees.set(rooms, known)
	let tree = known.get(key)
	if (tree === undefined) {
		tree = read(printable(content), { mentions: new Set(mentions), rooms })
		if (known.size >= treesMax) known.clear()
		known.set(key, tree)
	}
	return tree
}

/** A message's text as it was typed, with marks from where to where in `content`, in UTF-16 units. */
export function plain(content: string, highlights: readonly (readonly [start: number, end: number])[] = []): Tree {
	const children: (Words | Mark)[] = []
	const put = (kind: 'text' | 'mark', text: string) => {
		if (text !== '') children.push({ kind, text: printable(text) })
	}
	let done = 0
	for (const [start, end] of highlights.toSorted(([a], [b]) => a - b)) {
		const from = Math.max(done, start)
		put('text', content.slice(done, from))
		done = Math.max(from, end)
		put('mark', content.slice(from, done))
	}
	put('text', content.slice(done))
	return { blocks: [{ kind: 'plain', children }], isJumbo: false }
}

function read(text: string, names: Names): Tree {
	try {
		const bounds = new Bounds()
		return { blocks: new Reader(names, bounds).blocks(lex(text, bounds)), isJumbo: isJumbo(text) }
	} catch {
		// Too much, or something that marked stumbles over: it can still be shown as it was typed.
		return plain(text)
	}
}

/** Makes our nodes of marked's tokens. */
class Reader {
	readonly #names: Names
	readonly #bounds: Bounds
	#isInLink = false

	constructor(names: Names, bounds: Bounds) {
		this.#names = names
		this.#bounds = bounds
	}

	blocks(tokens: readonly Token[]): Block[] {
		return tokens.flatMap((token) => this.#block(token as MarkedToken) ?? [])
	}

	#block(token: MarkedToken): Block | undefined {
		this.#bounds.addNode()
		switch (token.type) {
			case 'space':
			case 'checkbox':
				return undefined
			case 'paragraph':
				return { kind: 'paragraph', children: this.#inlines(token.tokens) }
			case 'text':
				return { kind: 'paragraph', children: this.#inlines(token.tokens ?? [token]) }
			case 'heading':
				return { kind: 'heading', level: levelOf(token.depth), children: this.#inlines(token.tokens) }
			case 'code':
				return { kind: 'codeBlock', language: token.lang ?? '', text: token.text.replace(/\n$/, '') }
			case 'blockquote':
				return { kind: 'quote', children: this.blocks(token.tokens) }
			case 'list':
				return {
					kind: 'list',
					isOrdered: token.ordered,
					items: token.items.map((item) => this.#item(item, token.ordered)),
				}
			case 'table':
				return {
					kind: 'table',
					header: this.#cells(token.header),
					rows: token.rows.map((cells) => this.#cells(cells)),
				}
			case 'hr':
				return { kind: 'rule' }
			default:
				return { kind: 'paragraph', children: this.#inlines([token]) }
		}
	}

	#item({ raw, task, checked, tokens }: Tokens.ListItem, isOrdered: boolean): Item {
		return {
			...(isOrdered ? { number: Number.parseInt(raw, 10) } : {}),
			...(task ? { isDone: checked === true } : {}),
			children: this.blocks(tokens),
		}
	}

	#cells(cells: readonly Tokens.TableCell[]): Cell[] {
		return cells.map(({ align, tokens }) => ({ align, children: this.#inlines(tokens) }))
	}

	#inlines(tokens: readonly Token[]): Inline[] {
		const inlines: Inline[] = []
		for (const token of tokens) for (const inline of this.#inline(token as MarkedToken)) append(inlines, inline)
		// What is written together may be several tokens, so names are looked for at the end.
		const whole = this.#isInLink
			? inlines
			: inlines.flatMap((inline) => (inline.kind === 'text' ? named(inline.text, this.#names) : [inline]))
		for (const _ of whole) this.#bounds.addNode()
		return whole
	}

	#inline(token: MarkedToken): Inline[] {
		switch (token.type) {
			case 'strong':
				return [{ kind: 'strong', children: this.#inlines(token.tokens) }]
			case 'em':
				return [{ kind: 'emphasis', children: this.#inlines(token.tokens) }]
			case 'del':
				return [{ kind: 'strikethrough', children: this.#inlines(token.tokens) }]
			case 'codespan':
				return [{ kind: 'code', text: token.text }]
			case 'br':
				return [{ kind: 'break' }]
			case 'checkbox':
				return []
			case 'escape':
				return lines(token.text)
			case 'link':
				return this.#link(token, token.href, this.#inLink(token.tokens))
			case 'image':
				return this.#link(token, token.href, lines(token.text))
			default:
				// As it was typed: marked makes letters of `&#106;`.
				return lines(token.raw)
		}
	}

	#inLink(tokens: readonly Token[]): Inline[] {
		const wasInLink = this.#isInLink
		this.#isInLink = true
		const inlines = this.#inlines(tokens)
		this.#isInLink = wasInLink
		return inlines
	}

	#link({ raw }: Token, written: string, children: readonly Inline[]): Inline[] {
		// An image in a link, which goes where the link goes.
		if (this.#isInLink) return [...children]
		const url = addressOf(written)
		if (url === undefined) return lines(raw)
		const seen = textOf(children)
		if (seen.trim() === '') return [{ kind: 'link', href: url.href, children: [{ kind: 'text', text: url.href }] }]
		const goesTo = unlike(seen, url)
		return [{ kind: 'link', href: url.href, ...(goesTo === undefined ? {} : { goesTo }), children }]
	}
}

/** Three sizes are told apart in a chat. */
function levelOf(depth: number): 1 | 2 | 3 {
	return depth === 1 || depth === 2 ? depth : 3
}

function append(inlines: Inline[], inline: Inline): void {
	const last = inlines.at(-1)
	if (inline.kind !== 'text' || last?.kind !== 'text') inlines.push(inline)
	else inlines[inlines.length - 1] = { kind: 'text', text: last.text + inline.text }
}

function lines(text: string): Inline[] {
	return text.split('\n').flatMap((line, index): Inline[] => {
		const words: Inline = { kind: 'text', text: line }
		return index === 0 ? [words] : [{ kind: 'break' }, words]
	})
}

/** What is read of it. */
function textOf(inlines: readonly Inline[]): string {
	return inlines
		.map((inline) => {
			if (inline.kind === 'break') return '\n'
			return 'children' in inline ? textOf(inline.children) : inline.text
		})
		.join('')
}

/** The longest emoji that there are take 35 bytes. */
const jumboCharsMax = 128

const emojiOnly = emojiPattern()

function isJumbo(text: string): boolean {
	return text.length <= jumboCharsMax && (emojiOnly?.test(text.trim()) ?? false)
}

/** A browser from before 2023 does not know what an emoji is: there they stay small. */
function emojiPattern(): RegExp | undefined {
	try {
		return /^(?:\p{RGI_Emoji}\s*){1,3}$/v
	} catch {
		return undefined
	}
}
