import type { History } from '../protocol/answers.ts'
import type { Frame, MessageFrame } from '../protocol/frames.ts'
import type { TailroomError } from './error.ts'
import { heard, type ShownMessage } from './shown-message.ts'

export interface TimelineOptions {
	room: string
	/** Of more messages the ones at the other end are let go. */
	messagesMax: number
	/**
	 * Reads a page of the room's history, as soon as it can be had, and takes it with what was heard since it was asked for: the
	 * page may not know of that.
	 */
	read(query: string, take: (page: History, heard: readonly Frame[]) => void): Promise<void>
	/** The number of the room's newest message, as far as it is known; infinite where only reading on tells. */
	newest(): number
	/** A message is on the screen now. */
	shows(message: MessageFrame): void
	changed(): void
	closed(): void
}

/** Messages that are asked for at once. */
const pageMessages = 50
/** To fill a gap, or to hold on to what comes behind one. */
const gapMax = 500

/**
 * What is on the screen of a room: messages without a hole, oldest first. At its end it follows what is said; elsewhere
 * it stays where it is. However long the history is, it keeps only so many.
 */
export class Timeline {
	readonly room: string
	/** One after the other by `sequence`. Changed in place; each message is a new object when it has changed. */
	readonly messages: ShownMessage[] = []
	/** `lost`: the room is not to be seen any more, or there is none; `problem` says it. */
	state: 'loading' | 'shown' | 'lost' = 'loading'
	problem: TailroomError | undefined
	/** Whether there is nothing older. */
	atStart = false
	/** Whether it follows what is said. */
	atEnd = false
	readonly #options: TimelineOptions
	/** Behind a gap, by their sequence. */
	readonly #held = new Map<number, MessageFrame>()
	/** One after the other. */
	#loading: Promise<void> = Promise.resolve()
	/** What was asked for before it began anew is not wanted any more. */
	#generation = 0
	/** Where it began last: at its end, or around a sequence. */
	#place: 'end' | number = 'end'
	/** It is not there yet. */
	#isBeginning = false
	#isFilling = false
	/** How many pages were asked for and are not here. */
	#pages = 0

	constructor(options: TimelineOptions) {
		this.#options = options
		this.room = options.room
	}

	/** Shows the newest messages, and follows. */
	latest(): Promise<void> {
		return this.#beginAt('end')
	}

	/** Shows the messages around a sequence. Resolves to whether it does: not where another place was asked for meanwhile. */
	async around(sequence: number): Promise<boolean> {
		await this.#beginAt(sequence)
		// It may have to be read again before it is shown.
		while (this.#isBeginning && this.#place === sequence) await this.#loading
		return this.#place === sequence && this.state === 'shown'
	}

	/** Shows older messages too. */
	older(): Promise<void> {
		return this.#load(
			() => (this.atStart || this.messages.length === 0 ? undefined : `&before=${this.messages[0]?.sequence}`),
			(page) => {
				// Meanwhile it may have let go of its oldest.
				const last = page.messages.at(-1)
				if (last !== undefined && last.sequence + 1 !== this.messages[0]?.sequence) return
				this.messages.unshift(...this.#shown(page))
				this.#seeStart()
				if (this.messages.length <= this.#options.messagesMax) return
				this.messages.length = this.#options.messagesMax
				this.atEnd = false
				this.#held.clear()
			},
		)
	}

	/** Shows newer messages too, where it does not follow. */
	newer(): Promise<void> {
		return this.#load(
			() => (this.atEnd ? undefined : `&after=${this.#last}`),
			(page) => {
				this.#push(page)
				this.#seeEnd()
				if (page.messages.length === 0) this.atEnd = true
				this.#trimStart()
			},
		)
	}

	/** Reads again what it shows, or is about to show, for it may have changed unheard. What was shown stays until then. */
	reload(): Promise<void> {
		if (this.#isBeginning) return this.#beginAt(this.#place)
		const middle = this.messages[this.messages.length >> 1]
		return this.#beginAt(this.atEnd || middle === undefined ? 'end' : middle.sequence)
	}

	/** Hears of nothing any more. */
	close(): void {
		this.#giveUp()
		this.#options.closed()
	}

	/** Applies a frame of its room. Each in its order; one that is heard again changes nothing. */
	hear(frame: Frame): void {
		this.#apply(frame)
		this.#trimStart()
	}

	/** Whether something is about to be shown that was said already. */
	get isPending(): boolean {
		return this.#pages > 0 || this.#held.size > 0
	}

	/** The room is not to be seen any more. */
	lose(problem?: TailroomError): void {
		this.#giveUp()
		this.messages.length = 0
		this.#held.clear()
		this.atEnd = false
		this.state = 'lost'
		this.problem = problem
		this.#options.changed()
	}

	get #last(): number {
		return this.messages.at(-1)?.sequence ?? 0
	}

	#apply(frame: Frame): void {
		if (frame.type === 'message') return this.#append(frame)
		if (frame.type === 'clear') {
			this.messages.forEach((message, index) => {
				this.messages[index] = heard(message, frame)
			})
		} else if ('id' in frame) {
			// Mostly it is about one of the last.
			const index = this.messages.findLastIndex(({ id }) => id === frame.id)
			if (index >= 0) this.messages[index] = heard(this.messages[index] as ShownMessage, frame)
		} else return
		this.#options.changed()
	}

	/** In the order of the room: what was seen is dropped, and what comes behind a gap waits until that is filled. */
	#append(frame: MessageFrame): void {
		if (!this.atEnd || frame.sequence <= this.#last) return
		this.#held.set(frame.sequence, frame)
		this.#release()
		if (this.#held.size > gapMax) {
			void this.reload()
			this.#held.clear()
			this.atEnd = false
		} else if (this.#held.size > 0) this.#fill()
	}

	#release(): void {
		for (;;) {
			const next = this.#held.get(this.#last + 1)
			if (next === undefined) break
			this.#held.delete(next.sequence)
			this.messages.push({ ...next, asOf: next.position })
			this.#options.shows(next)
		}
		this.#options.changed()
	}

	#fill(): void {
		if (this.#isFilling) return
		this.#isFilling = true
		void this.#load(
			() => `&after=${this.#last}`,
			(page) => {
				this.#push(page)
				for (const sequence of this.#held.keys()) if (sequence <= this.#last) this.#held.delete(sequence)
				this.#release()
			},
			gapMax,
		).finally(() => {
			this.#isFilling = false
			// What is not there to be read will not come either.
			if (this.#held.size > 0 && this.atEnd) void this.reload()
		})
	}

	#beginAt(place: 'end' | number): Promise<void> {
		this.#generation += 1
		this.#place = place
		this.#isBeginning = true
		return this.#load(
			() => (place === 'end' ? '' : `&around=${place}`),
			(page) => {
				this.#isBeginning = false
				this.messages.splice(0, this.messages.length, ...this.#shown(page))
				this.#held.clear()
				this.#seeStart()
				if (place === 'end') this.atEnd = true
				else this.#seeEnd()
			},
		)
	}

	/** Nothing that was asked for is waited for any more. */
	#giveUp(): void {
		this.#generation += 1
		this.#place = 'end'
		this.#isBeginning = false
	}

	/** One load after the other. */
	#load(where: () => string | undefined, show: (page: History) => void, limit: number = pageMessages): Promise<void> {
		const generation = this.#generation
		const loaded = this.#loading.then(async () => {
			const query = generation === this.#generation ? where() : undefined
			try {
				if (query === undefined) return
				await this.#options.read(`?limit=${limit}${query}`, (page, heard) => {
					if (generation !== this.#generation) return
					show(page)
					for (const frame of heard) if (frame.room === this.room) this.#apply(frame)
					this.state = 'shown'
					this.problem = undefined
					this.#options.changed()
				})
			} catch (error) {
				if (generation === this.#generation) this.lose(error as TailroomError)
			} finally {
				// What was read was of no use any more: it shows what it showed.
				if (this.#isBeginning && generation === this.#generation) this.#giveUp()
				this.#pages -= 1
				this.#options.changed()
			}
		})
		this.#pages += 1
		this.#loading = loaded
		return loaded
	}

	/** At the end, if it goes on there. */
	#push(page: History): void {
		if ((page.messages[0]?.sequence ?? 0) === this.#last + 1) this.messages.push(...this.#shown(page))
	}

	#shown({ messages, position }: History): ShownMessage[] {
		return messages.map((message) => {
			this.#options.shows(message)
			return { ...message, asOf: position }
		})
	}

	#seeStart(): void {
		this.atStart = (this.messages[0]?.sequence ?? 1) === 1
	}

	/** If it is wrong about that it meets a gap, and fills it. */
	#seeEnd(): void {
		this.atEnd = this.#last >= this.#options.newest()
	}

	/** In large steps, since each moves all that stay. */
	#trimStart(): void {
		const { messagesMax } = this.#options
		if (this.messages.length <= messagesMax * 1.25) return
		this.messages.splice(0, this.messages.length - messagesMax)
		this.atStart = false
	}
}
