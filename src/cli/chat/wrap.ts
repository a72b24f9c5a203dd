import { stripVTControlCharacters } from 'node:util'
import { widthOf } from './width.ts'

/**
 * Breaks a line between words, so that it fits; what comes after the first is indented. A word that is wider than all is left
 * to the terminal, which knows that it is one: so an address can still be opened.
 */
export function wrap(line: string, columns: number, indent = '    '): string {
	const rows: string[] = []
	let row = ''
	let width = 0
	let isEmpty = true
	for (const word of line.split(' ')) {
		const wordWidth = widthOf(stripVTControlCharacters(word))
		if (!isEmpty && width + 1 + wordWidth > columns) {
			rows.push(row)
			row = indent + word
			width = indent.length + wordWidth
		} else {
			row += isEmpty ? word : ` ${word}`
			width += wordWidth + (isEmpty ? 0 : 1)
		}
		isEmpty = false
	}
	return [...rows, row].join('\n')
}
