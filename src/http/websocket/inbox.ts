import { socketBytesMax, webSocketQueueMax } from '../limits.ts'

export interface InboxOptions {
	/** Where it comes from: paused while too much waits. */
	socket: { readonly isPaused: boolean; pause(): void; resume(): void }
	/** Whether what was said counts: also of who has gone since, but of nobody who was sent away. */
	counts(): boolean
	/** Whether the client reads its answers, which may have to be waited for. */
	isRead(): Promise<boolean>
	/** Undefined: it was no text. */
	answer(text: string | undefined): Promise<void>
}

/** What a client has asked, and is answered in the order in which it came: also what is wrong with a message, in its turn. */
export class Inbox {
	readonly #options: InboxOptions
	readonly #texts: (string | undefined)[] = []
	#bytes = 0
	/** What is on its way to the disk. */
	readonly #writing = new Set<Promise<void>>()
	#isWorking = false

	constructor(options: InboxOptions) {
		this.#options = options
	}

	/** `text` is undefined where what came is none. */
	receive(text: string | undefined): void {
		this.#texts.push(text)
		this.#bytes += sizeOf(text)
		if (this.#backlog >= webSocketQueueMax || this.#bytes > socketBytesMax) this.#options.socket.pause()
		if (!this.#isWorking) void this.#work()
	}

	/** The rest of an answer, for which what comes next does not wait; it must not reject. */
	goesOn(writing: Promise<void>): void {
		const ended = writing.finally(() => {
			this.#writing.delete(ended)
			this.#resumeIfShort()
		})
		this.#writing.add(ended)
	}

	/** Resolves when all that goes on has come to its end. */
	async written(): Promise<void> {
		await Promise.all(this.#writing)
	}

	get #backlog(): number {
		return this.#texts.length + this.#writing.size
	}

	async #work(): Promise<void> {
		const { counts, isRead, answer } = this.#options
		this.#isWorking = true
		while (this.#texts.length > 0 && counts()) {
			// Who asks without reading the answers gets no further ones.
			if (!(await isRead())) break
			const text = this.#texts.shift()
			this.#bytes -= sizeOf(text)
			await answer(text)
			if (this.#writing.size >= webSocketQueueMax) await Promise.race(this.#writing)
			this.#resumeIfShort()
		}
		this.#isWorking = false
	}

	#resumeIfShort(): void {
		const { socket } = this.#options
		const isShort = this.#backlog < webSocketQueueMax / 2 && this.#bytes <= socketBytesMax
		if (socket.isPaused && isShort) socket.resume()
	}
}

function sizeOf(text: string | undefined): number {
	return text === undefined ? 0 : Buffer.byteLength(text)
}
