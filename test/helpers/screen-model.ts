const sequence = new RegExp(`^${'\u001b'}\\[([?0-9;]*)([A-Za-z])`)
/** None that is used here is as long. */
const sequenceCharsMax = 32

/** As much of a terminal as the command line asks for: what is on its screen, and where its cursor is. */
export class ScreenModel {
	columns: number
	rows: number
	row = 0
	column = 0
	/** The second half of a wide character is an empty text. */
	#cells: string[][]
	#isWrapPending = false
	#rest = ''

	constructor(columns: number, rows: number) {
		this.columns = columns
		this.rows = rows
		this.#cells = Array.from({ length: rows }, () => [])
	}

	/** The lines from the top to the last that has something on it. */
	get lines(): string[] {
		const lines = this.#cells.map((cells) => textOf(cells).trimEnd())
		return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1)
	}

	/** What stands from a line on, as if it were one. */
	from(row: number, column = 0): string {
		const [first = [], ...others] = this.#cells.slice(row)
		return [first.slice(column), ...others].map(textOf).join('').trimEnd()
	}

	/** What stands from the cursor on. */
	get behindCursor(): string {
		return this.from(this.row, this.column)
	}

	write(text: string): void {
		let at = 0
		const all = this.#rest + text
		this.#rest = ''
		while (at < all.length) {
			if (all[at] === '\u001b') {
				const found = sequence.exec(all.slice(at, at + sequenceCharsMax))
				if (found === null) {
					// It may go on in what comes next.
					if (all.length - at < sequenceCharsMax) {
						this.#rest = all.slice(at)
						return
					}
					throw new Error(`nothing is known of ${JSON.stringify(all.slice(at, at + 10))}`)
				}
				this.#obey(found[2] as string, (found[1] as string).split(';').map(Number))
				at += found[0].length
			} else {
				const character = String.fromCodePoint(all.codePointAt(at) as number)
				this.#put(character)
				at += character.length
			}
		}
	}

	#put(character: string): void {
		if (character === '\r') {
			this.column = 0
			this.#isWrapPending = false
		} else if (character === '\n') {
			this.#isWrapPending = false
			this.#lineFeed()
		} else if (character >= ' ') {
			const width = widthOf(character)
			if (this.#isWrapPending || this.column + width > this.columns) {
				this.column = 0
				this.#lineFeed()
			}
			const cells = this.#cells[this.row] as string[]
			cells[this.column] = character
			if (width === 2) cells[this.column + 1] = ''
			this.#isWrapPending = this.column + width >= this.columns
			this.column = Math.min(this.column + width, this.columns - 1)
		}
	}

	#lineFeed(): void {
		if (this.row < this.rows - 1) this.row += 1
		else this.#cells = [...this.#cells.slice(1), []]
	}

	#obey(what: string, [first = 0, second = 0]: number[]): void {
		this.#isWrapPending = false
		if (what === 'A') this.row = Math.max(0, this.row - (first || 1))
		else if (what === 'B') this.row = Math.min(this.rows - 1, this.row + (first || 1))
		else if (what === 'G') this.column = Math.min(this.columns, first || 1) - 1
		else if (what === 'H') [this.row, this.column] = [(first || 1) - 1, (second || 1) - 1]
		else if (what === 'J') {
			this.#cells[this.row] = (this.#cells[this.row] as string[]).slice(0, this.column)
			for (let row = this.row + 1; row < this.rows; row++) this.#cells[row] = []
		} else if (what !== 'm') throw new Error(`nothing is known of CSI ${what}`)
	}
}

function textOf(cells: readonly string[]): string {
	return Array.from(cells, (cell) => cell ?? ' ').join('')
}

function widthOf(character: string): 1 | 2 {
	return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(
		character,
	)
		? 2
		: 1
}
