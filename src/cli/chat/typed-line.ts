import { stripVTControlCharacters } from 'node:util'
import { widthOf } from './width.ts'

/** A prompt and what is typed behind it, in rows of a terminal. */
export interface TypedLine {
	rows: string[]
	/** Of each row, in columns. */
	widths: number[]
	cursorRow: number
	cursorColumn: number
}

/** `cursor` counts as readline does, in UTF-16 units. At most `rowsMax` rows are shown, those around the cursor. */
export function layOut(prompt: string, text: string, cursor: number, columns: number, rowsMax: number): TypedLine {
	const rows = [prompt]
	const widths = [widthOf(stripVTControlCharacters(prompt))]
	const at = { row: 0, column: widths[0] as number }
	let index = 0
	for (const character of text) {
		const width = widthOf(character)
		if ((widths.at(-1) as number) + width > columns) {
			rows.push('')
			widths.push(0)
		}
		if (index === cursor) Object.assign(at, { row: rows.length - 1, column: widths.at(-1) })
		rows[rows.length - 1] += character
		widths[widths.length - 1] = (widths.at(-1) as number) + width
		index += character.length
	}
	if (cursor >= index) {
		// Behind a full row there is no place for a cursor.
		if ((widths.at(-1) as number) >= columns) {
			rows.push('')
			widths.push(0)
		}
		Object.assign(at, { row: rows.length - 1, column: widths.at(-1) })
	}
	const first = Math.max(0, Math.min(at.row - (rowsMax >> 1), rows.length - rowsMax))
	return {
		rows: rows.slice(first, first + rowsMax),
		widths: widths.slice(first, first + rowsMax),
		cursorRow: at.row - first,
		cursorColumn: at.column,
	}
}

/**
 * How many rows the cursor is below the first row of what was painted, now that the terminal has so many columns: a row that
 * was wider has become several.
 */
export function rowsAboveCursor({ widths, cursorRow, cursorColumn }: TypedLine, columns: number): number {
	const above = widths.slice(0, cursorRow).map((width) => Math.max(1, Math.ceil(width / columns)))
	return above.reduce((sum, rows) => sum + rows, 0) + Math.floor(cursorColumn / columns)
}
