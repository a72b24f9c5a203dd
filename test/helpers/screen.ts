import type { Chat, ShownMessage, Timeline } from '../../src/client/node.ts'

/**
 * What a person sees of a room in a client, looked at after every change. It notes what must never be: a hole, an
 * order that is another, a message that is there twice, or that was there and is not.
 */
export class Screen {
	/** What was seen that must not be. */
	readonly faults: string[] = []
	readonly #chat: Chat
	readonly #timeline: Timeline
	/** What this client has written here, and is to be seen from then on. */
	readonly #written = new Set<string>()
	#shown: readonly ShownMessage[] = []

	constructor(chat: Chat, timeline: Timeline) {
		this.#chat = chat
		this.#timeline = timeline
		chat.listen({ change: () => this.#look() })
	}

	/** Writes, and watches over it from here on. Its text must be written nowhere else. */
	write(content: string): void {
		this.#written.add(content)
		void this.#chat.send(this.#timeline.room, content)
	}

	/** What it shows: what was said, then what waits. */
	get lines(): string[] {
		const waiting = this.#chat.outbox.filter((entry) => entry.room === this.#timeline.room && entry.isSeen !== true)
		return [...this.#timeline.messages.map(({ content }) => content), ...waiting.map(({ content }) => content)]
	}

	#look(): void {
		const { messages } = this.#timeline
		messages.forEach((message, index) => {
			const before = messages[index - 1]
			if (before !== undefined && message.sequence !== before.sequence + 1) {
				this.faults.push(`${message.sequence} comes after ${before.sequence}`)
			}
		})
		const now = new Map(messages.map((message) => [message.sequence, message]))
		for (const before of this.#shown) {
			const message = now.get(before.sequence)
			if (message === undefined) this.faults.push(`${before.sequence} was there, and is not`)
			else if (message.asOf < before.asOf) this.faults.push(`${before.sequence} went back to ${message.asOf}`)
		}
		this.#shown = [...messages]
		const { lines } = this
		for (const content of this.#written) {
			const times = lines.filter((line) => line === content).length
			if (times !== 1) this.faults.push(`"${content}" is there ${times} times`)
		}
	}
}
