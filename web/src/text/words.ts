import { parse } from './tokens.ts'
import type { Block, Inline, Mark } from './tree.ts'

/** What would be a link to one is a word here. */
const noRooms: ReadonlySet<string> = new Set()

/** What a message says, in one line and without the signs of Markdown. */
export function wordsOf(content: string): string {
	return parse(content, [], noRooms).blocks.map(wordsIn).join(' ').replaceAll(/\s+/g, ' ').trim()
}

function wordsIn(block: Block): string {
	switch (block.kind) {
		case 'codeBlock':
			return block.text
		case 'quote':
			return block.children.map(wordsIn).join(' ')
		case 'list':
			return block.items.flatMap(({ children }) => children.map(wordsIn)).join(' ')
		case 'table':
			return [block.header, ...block.rows]
				.flatMap((cells) => cells.map(({ children }) => wordsOfAll(children)))
				.join(' ')
		case 'rule':
			return ''
		default:
			return wordsOfAll(block.children)
	}
}

function wordsOfAll(inlines: readonly (Inline | Mark)[]): string {
	return inlines
		.map((inline) => ('children' in inline ? wordsOfAll(inline.children) : 'text' in inline ? inline.text : ' '))
		.join('')
}
