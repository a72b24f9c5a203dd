import { createInterface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'
import { TailroomError } from '../../client/error.ts'
import { Printer } from '../tail/printer.ts'
import { Paint } from './paint.ts'
import type { Screen } from './screen.ts'

/** Where nobody sits, or only at one end: lines in, lines out, and nothing of a terminal. */
export class Pipe implements Screen {
	readonly paint: Paint = new Paint(false)
	readonly columns: number = Number.POSITIVE_INFINITY
	readonly isInteractive = false
	readonly #printer = new Printer(process.stdout)

	/** The lines of standard input, each when the one before is done with. */
	lines(): AsyncIterable<string> {
		return createInterface({ input: process.stdin, terminal: false, crlfDelay: Number.POSITIVE_INFINITY })
	}

	print(lines: string): void {
		void this.#printer.print(`${stripVTControlCharacters(lines)}\n`)
	}

	/** Resolves when all that was printed has left this process. */
	written(): Promise<void> {
		return new Promise((resolve) => void this.#printer.print('', resolve))
	}

	setPrompt(): void {}

	async ask(): Promise<never> {
		throw new TailroomError('not_authenticated', 'There is nobody to be asked.', { status: 401 })
	}

	close(): void {}
}
