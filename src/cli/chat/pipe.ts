import { createInterface } from 'node:readline'
import type { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { TailroomError } from '../../client/error.ts'
import { complain } from '../complain.ts'
import { counted } from '../progress.ts'
import { exitCodes } from '../remote/exit-codes.ts'
import { Paint } from './paint.ts'
import { notice } from './said.ts'
import type { Screen } from './screen.ts'

/** So many characters wait for whoever reads: as many as the longest /history has, which is asked for and comes at once. */
const unreadMax = 500 * 65_536

/** Where nobody sits, or only at one end: lines in, lines out, and nothing of a terminal. */
export class Pipe implements Screen {
	readonly paint: Paint = new Paint(false)
	readonly columns: number = Number.POSITIVE_INFINITY
	readonly isInteractive = false
	readonly #output: Writable
	/** Resolves when nothing can be written any more. */
	readonly #closed: PromiseWithResolvers<void> = Promise.withResolvers()
	#isClosed = false
	/** Resolves when what waits was read. */
	#drained: PromiseWithResolvers<void> | undefined
	#notShown = 0
	#exitCode: number = exitCodes.done

	constructor(output: Writable = process.stdout) {
		this.#output = output
		output.on('error', (error) => this.#close(error))
		output.on('drain', () => {
			this.#tellNotShown()
			this.#drained?.resolve()
			this.#drained = undefined
		})
	}

	/** Of what is printed. That nobody reads it is no failure: so it is with `| head`. */
	get exitCode(): number {
		return this.#exitCode
	}

	/** The lines of standard input, each when the one before is done with. */
	lines(): AsyncIterable<string> {
		return createInterface({ input: process.stdin, terminal: false, crlfDelay: Number.POSITIVE_INFINITY })
	}

	/** What others say comes however slowly it is read: of too much, the rest is counted. */
	print(lines: string): void {
		if (this.#isClosed) return
		if (this.#output.writableLength > unreadMax) this.#notShown += 1
		else this.#output.write(`${stripVTControlCharacters(lines)}\n`)
	}

	/** Resolves when what was printed is read so far that there is place for more, or cannot be written. */
	async ready(): Promise<void> {
		if (this.#isClosed || !this.#output.writableNeedDrain) return
		this.#drained ??= Promise.withResolvers()
		await this.#drained.promise
	}

	/** Resolves when all that was printed has left this process, or cannot. */
	async written(): Promise<void> {
		await this.ready()
		if (this.#isClosed) return
		const written = new Promise<void>((resolve) => {
			this.#output.write('', (error) => {
				if (error) this.#close(error)
				resolve()
			})
		})
		await Promise.race([written, this.#closed.promise])
	}

	setPrompt(): void {}

	async ask(): Promise<never> {
		throw new TailroomError('not_authenticated', 'There is nobody to be asked.', { status: 401 })
	}

	close(): void {}

	/** What is still typed is said all the same. */
	#close(error: NodeJS.ErrnoException): void {
		if (this.#isClosed) return
		this.#isClosed = true
		this.#closed.resolve()
		this.#drained?.resolve()
		if (error.code === 'EPIPE') return
		complain(`what is printed cannot be written: ${error.message}`)
		this.#exitCode = exitCodes.notWritten
	}

	#tellNotShown(): void {
		const count = this.#notShown
		this.#notShown = 0
		if (count > 0)
			this.print(notice(`not shown, for it was not read fast enough: ${counted(count, 'line')}`, this.paint))
	}
}
