import type { Chat, TailroomError } from '../../client/node.ts'
import { waitingMax } from '../../client/outbox.ts'
import type { MessageFrame } from '../../protocol/frames.ts'

interface Saying {
	room: string
	content: string
}

interface Answers {
	said(message: MessageFrame, saying: Saying): void
	refused(problem: TailroomError, saying: Saying): void
}

/** What was typed to be said, until it is: the outbox holds only so much, and whatever it has no place for waits here. */
export class Sayings {
	readonly #chat: Chat
	readonly #answers: Answers
	readonly #heldBack: Saying[] = []
	/** What is under way: sent, and not answered yet. */
	readonly #sending = new Set<Promise<void>>()

	constructor(chat: Chat, answers: Answers) {
		this.#chat = chat
		this.#answers = answers
		chat.listen({ change: (changes) => changes.has('outbox') && this.#sendHeldBack() })
	}

	/** How many are not sent. */
	get waiting(): number {
		const inOutbox = this.#chat.outbox.filter(({ state }) => state === 'waiting' || state === 'sending')
		return inOutbox.length + this.#heldBack.length
	}

	/** How many of them nothing keeps. */
	get heldBack(): number {
		return this.#heldBack.length
	}

	say(room: string, content: string): void {
		this.#heldBack.push({ room, content })
		this.#sendHeldBack()
	}

	/** Resolves when fewer than that are on their way. */
	async fewerThan(count: number): Promise<void> {
		while (this.#onTheirWay + this.#heldBack.length >= count) await this.#nextChange()
	}

	/** Resolves when all are on the screen, or refused. */
	async settled(): Promise<void> {
		for (;;) {
			if (this.#sending.size > 0) await Promise.allSettled(this.#sending)
			else if (this.#chat.outbox.length + this.#heldBack.length > 0) await this.#nextChange()
			else return
		}
	}

	/** Those in the outbox that will leave it. */
	get #onTheirWay(): number {
		return this.#chat.outbox.filter(({ state }) => state !== 'refused').length
	}

	#sendHeldBack(): void {
		while (this.#chat.outbox.length < waitingMax) {
			const next = this.#heldBack.shift()
			if (next === undefined) break
			this.#send(next)
		}
	}

	#send(saying: Saying): void {
		const sending = this.#chat.send(saying.room, saying.content).then(
			(message) => this.#answers.said(message, saying),
			(problem: TailroomError) => this.#answers.refused(problem, saying),
		)
		this.#sending.add(sending)
		void sending.finally(() => this.#sending.delete(sending))
	}

	#nextChange(): Promise<void> {
		return new Promise((resolve) => {
			const stop = this.#chat.listen({
				change() {
					stop()
					resolve()
				},
			})
		})
	}
}
