import { clearScreenDown, createInterface, cursorTo, type Interface, type Key, moveCursor } from 'node:readline'
import { Writable } from 'node:stream'
import type { ReadStream, WriteStream } from 'node:tty'
import { stripVTControlCharacters } from 'node:util'
import { printableLine } from '../../protocol/message-line.ts'
import { hasColours, Paint } from './paint.ts'
import type { Question, Screen, Typist } from './screen.ts'
import { layOut, rowsAboveCursor, type TypedLine } from './typed-line.ts'
import { shortened, widthOf } from './width.ts'
import { wrap } from './wrap.ts'

/** What is asked, one question after the other. */
interface Asked {
	questions: readonly Question[]
	readonly answers: string[]
	/** What was typed until then, and is typed on afterwards. */
	readonly aside: { line: string; cursor: number }
	settle(answers: readonly string[] | undefined): void
}

const nothing: TypedLine = { rows: [''], widths: [0], cursorRow: 0, cursorColumn: 0 }

/**
 * A terminal in which lines come in above the one that is being typed. Readline knows the keys, and what is typed; where it
 * stands on the screen is decided here, for readline loses count where wide characters wrap or the terminal is resized.
 */
export class Terminal implements Screen {
	readonly paint: Paint
	readonly isInteractive = true
	readonly #input: ReadStream
	readonly #output: WriteStream
	readonly #typist: Typist
	readonly #editor: Interface
	#prompt = ''
	#asked: Asked | undefined
	#painted: TypedLine = nothing
	#willPaint = false
	#isClosed = false

	constructor(typist: Typist, input: ReadStream = process.stdin, output: WriteStream = process.stdout) {
		this.#typist = typist
		this.#input = input
		this.#output = output
		this.paint = new Paint(hasColours(output, process.env))
		const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
		this.#editor = createInterface({
			input,
			output: nowhere,
			terminal: true,
			completer: (text: string) => this.#complete(text),
		})
		this.#editor
			.on('line', (text) => this.#line(text))
			.on('history', (history: string[]) => {
				if (this.#asked !== undefined) history.shift()
			})
			.on('close', () => {
				if (!this.#isClosed) typist.end()
			})
			.on('SIGINT', () => typist.interrupt())
			// Whatever the shell has written meanwhile stays where it is.
			.on('SIGCONT', () => {
				this.#painted = nothing
				this.#editor.prompt(true)
				this.#repaint()
			})
		input.on('keypress', this.#keyPressed)
		output.on('resize', this.#resized)
		// A terminal that is gone shows nothing, and its end is told by a signal.
		output.on('error', () => {})
	}

	get columns(): number {
		return this.#output.columns || 80
	}

	print(lines: string): void {
		const wrapped = lines.split('\n').map((line) => wrap(line, this.columns))
		this.#paint(`${wrapped.join('\n')}\n`)
	}

	setPrompt(prompt: string): void {
		if (prompt === this.#prompt) return
		this.#prompt = prompt
		this.#repaint()
	}

	ask(...questions: readonly Question[]): Promise<readonly string[] | undefined> {
		const before = this.#asked
		const aside = before?.aside ?? { line: this.#editor.line, cursor: this.#editor.cursor }
		before?.settle(undefined)
		if (this.#isClosed) return Promise.resolve(undefined)
		return new Promise((settle) => {
			this.#asked = { questions, answers: [], aside, settle }
			this.#type('')
			this.#repaint()
		})
	}

	close(): void {
		if (this.#isClosed) return
		this.#erase()
		this.#isClosed = true
		this.#asked?.settle(undefined)
		this.#asked = undefined
		this.#input.off('keypress', this.#keyPressed)
		this.#output.off('resize', this.#resized)
		this.#editor.close()
	}

	#line(text: string): void {
		const asked = this.#asked
		const [question, ...others] = asked?.questions ?? []
		if (asked === undefined || question === undefined) return this.#typist.line(text)
		this.print(question.text + (question.isSecret === true ? '' : printableLine(text)))
		asked.answers.push(text)
		asked.questions = others
		if (others.length > 0) return this.#repaint()
		this.#asked = undefined
		this.#type(asked.aside.line, asked.aside.cursor)
		this.#repaint()
		asked.settle(asked.answers)
	}

	/** Puts a text where what is typed stands. */
	#type(line: string, cursor = line.length): void {
		this.#editor.write(null, { ctrl: true, name: 'e' })
		this.#editor.write(null, { ctrl: true, name: 'u' })
		if (line !== '') this.#editor.write(line)
		while (this.#editor.cursor > cursor) this.#editor.write(null, { name: 'left' })
	}

	#complete(text: string): [string[], string] {
		if (this.#asked !== undefined) return [[], text]
		const [candidates, end] = this.#typist.complete(text)
		const goesOn = candidates.length === 1 || candidates.every((one) => one[end.length] === candidates[0]?.[end.length])
		if (!goesOn) this.print(this.paint.dim(candidates.map((candidate) => candidate.trim()).join('  ')))
		return [candidates, end]
	}

	readonly #keyPressed = (_text: string | undefined, key: Key | undefined): void => {
		if (key?.ctrl === true && key.name === 'l') {
			cursorTo(this.#output, 0, 0)
			clearScreenDown(this.#output)
			this.#painted = nothing
		}
		// All keys of a paste are painted at once.
		if (this.#willPaint) return
		this.#willPaint = true
		queueMicrotask(() => {
			this.#willPaint = false
			this.#repaint()
		})
	}

	readonly #resized = (): void => {
		this.#repaint()
		this.#typist.resize()
	}

	readonly #repaint = (): void => this.#paint('')

	/** Puts lines where the typed line was, and that below them, in one write: nobody sees it come and go. */
	#paint(lines: string): void {
		if (this.#isClosed) {
			if (lines !== '') this.#output.write(lines)
			return
		}
		this.#output.cork()
		this.#erase()
		this.#output.write(lines)
		const { line, cursor } = this.#editor
		const { text: question, isSecret = false } = this.#asked?.questions[0] ?? { text: this.#prompt }
		const rowsMax = Math.max(1, (this.#output.rows || 24) - 1)
		const columns = this.columns
		// Something is to be seen of what is typed, however narrow it is.
		const plain = stripVTControlCharacters(question)
		const prompt = widthOf(plain) < columns ? question : shortened(plain, columns >> 1)
		const typed = isSecret ? '' : printableLine(line)
		this.#painted = layOut(prompt, typed, isSecret ? 0 : cursor, columns, rowsMax)
		const { rows, cursorRow, cursorColumn } = this.#painted
		this.#output.write(rows.join('\r\n'))
		moveCursor(this.#output, 0, cursorRow - (rows.length - 1))
		cursorTo(this.#output, cursorColumn)
		this.#output.uncork()
	}

	#erase(): void {
		moveCursor(this.#output, 0, -rowsAboveCursor(this.#painted, this.columns))
		cursorTo(this.#output, 0)
		clearScreenDown(this.#output)
		this.#painted = nothing
	}
}
