import type { TailroomError } from '../../client/error.ts'
import type { Timeline } from '../../client/timeline.ts'
import type { HistoryMessage } from '../../protocol/answers.ts'
import type { Frame } from '../../protocol/frames.ts'
import { placeOf } from '../../protocol/message-line.ts'
import { happening } from './happenings.ts'
import { dayOf, messageText, notice } from './said.ts'
import type { Screen } from './screen.ts'

/** What fits a screen; older ones are asked for. */
const openedMessages = 20

/**
 * What of a room was printed: each message once, in order, and whatever happens to one after that. What was printed stays, so
 * a change is another line.
 */
export class RoomView {
	readonly room: string
	readonly #timeline: Timeline
	readonly #screen: Screen
	readonly #me: () => string
	readonly #refuse: (text: string, problem: TailroomError) => void
	readonly #shown: PromiseWithResolvers<void> = Promise.withResolvers()
	#isOpened = false
	#isLost = false
	/** The sequences of the oldest and the newest message that were printed. */
	#first = 0
	#last = 0
	#day = ''

	/** `refuse` is told why the room is not to be seen. */
	constructor(
		timeline: Timeline,
		screen: Screen,
		me: () => string,
		refuse: (text: string, problem: TailroomError) => void,
	) {
		this.room = timeline.room
		this.#timeline = timeline
		this.#screen = screen
		this.#me = me
		this.#refuse = refuse
	}

	/** The number of the last message that is on the screen. */
	get last(): number {
		return this.#last
	}

	/** The number of the oldest message that is on the screen; 0: there is none. */
	get first(): number {
		return this.#first
	}

	/** Resolves when there is something to be seen of it, or it is said that there is not. */
	get shown(): Promise<void> {
		return this.#shown.promise
	}

	/** The messages that are known, oldest first. */
	get messages(): readonly HistoryMessage[] {
		return this.#timeline.messages
	}

	/** Prints what is new in the timeline. */
	update(): void {
		const { state, messages, problem } = this.#timeline
		if (state === 'loading') return
		this.#shown.resolve()
		if (state === 'lost') {
			if (!this.#isLost && problem !== undefined) this.#refuse(problem.message, problem)
			else if (!this.#isLost) this.notice(`You cannot see ${placeOf(this.room)} any more.`)
			this.#isLost = true
			return
		}
		this.#isLost = false
		if (this.#isOpened) return this.#printNewer(messages)
		this.#isOpened = true
		const newest = messages.slice(-openedMessages)
		this.#first = newest[0]?.sequence ?? 0
		this.#last = (newest[0]?.sequence ?? 1) - 1
		for (const message of newest) this.#print(message)
		if (newest.length === 0) this.notice(`Nobody has said anything in ${placeOf(this.room)} yet.`)
	}

	/** Prints what a frame of the room says. */
	hear(frame: Frame): void {
		if (!this.#isOpened) return
		if (frame.type === 'message') {
			// What comes behind a gap waits in the timeline, until that is filled.
			if (frame.sequence === this.#last + 1) this.#print(frame)
			return
		}
		const about = { paint: this.#screen.paint, me: this.#me(), sequenceOf: this.sequenceOf }
		const line = happening(frame, about)
		if (line !== undefined) this.#screen.print(line)
	}

	/** Prints older messages between what was before and what is now. */
	printOlder(messages: readonly HistoryMessage[]): void {
		const [first] = messages
		if (first === undefined) return this.notice('That is the beginning.')
		this.notice(`${placeOf(this.room)} from #${first.sequence} to #${messages.at(-1)?.sequence}`)
		let day = ''
		for (const message of messages) {
			const itsDay = dayOf(message.timestamp)
			if (itsDay !== day) this.notice(itsDay)
			day = itsDay
			this.#screen.print(this.#textOf(message))
		}
		this.notice('That was then, and this is now.')
		this.#first = first.sequence
	}

	notice(text: string): void {
		this.#screen.print(notice(text, this.#screen.paint))
	}

	readonly sequenceOf = (id: string): number | undefined => {
		return this.#timeline.messages.findLast((message) => message.id === id)?.sequence
	}

	close(): void {
		this.#timeline.close()
	}

	/** Frames have been missed if there is a gap: that is said, and can be read. */
	#printNewer(messages: readonly HistoryMessage[]): void {
		for (const message of messages) {
			if (message.sequence <= this.#last) continue
			if (message.sequence > this.#last + 1) {
				this.notice(`From #${this.#last + 1} to #${message.sequence - 1} nothing is shown here.`)
			}
			this.#print(message)
		}
	}

	#print(message: HistoryMessage): void {
		const day = dayOf(message.timestamp)
		if (day !== this.#day) this.notice(day)
		this.#day = day
		this.#first ||= message.sequence
		this.#last = message.sequence
		this.#screen.print(this.#textOf(message))
	}

	#textOf(message: HistoryMessage): string {
		return messageText(message, { paint: this.#screen.paint, me: this.#me(), sequenceOf: this.sequenceOf })
	}
}
