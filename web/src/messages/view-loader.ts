import type { Timeline } from '../../../src/client/browser.ts'
import { messageAt } from './rows.ts'
import { type Span, wantedLoad } from './wanted-load.ts'

/** While somebody drags the scrollbar nothing is asked for. */
const dragMs = 70
/** Mostly a message is there before one sees that it was not. */
const waitingMs = 150

/** Loads what comes to the screen, and says when that takes long enough to be seen. */
export class ViewLoader {
	readonly #waits: (isWaiting: boolean) => void
	#load: ReturnType<typeof setTimeout> | undefined
	#wait: ReturnType<typeof setTimeout> | undefined

	constructor(waits: (isWaiting: boolean) => void) {
		this.#waits = waits
	}

	/** That is on the screen now, of a room of so many messages. */
	view(view: Span, timeline: Timeline, count: number): void {
		this.#ask(view, timeline, count)
		const isHere = messageAt(timeline, view.first) !== undefined && messageAt(timeline, view.last) !== undefined
		if (isHere) this.#waitNoMore()
		else this.#wait ??= setTimeout(() => this.#waits(true), waitingMs)
	}

	stop(): void {
		clearTimeout(this.#load)
		clearTimeout(this.#wait)
	}

	#ask(view: Span, timeline: Timeline, count: number): void {
		clearTimeout(this.#load)
		// It says when that is here; then it is seen what is wanted.
		if (timeline.isPending) return
		const [first, last] = [timeline.messages[0], timeline.messages.at(-1)]
		const span = first && last && { first: first.sequence, last: last.sequence }
		const wanted = wantedLoad(view, { span, atStart: timeline.atStart, atEnd: timeline.atEnd })
		if (wanted === 'older') void timeline.older()
		else if (wanted === 'newer') void timeline.newer()
		else if (wanted === 'around') {
			this.#load = setTimeout(() => {
				// Meanwhile somebody may have gone elsewhere.
				if (timeline.isPending) return
				if (view.last >= count) void timeline.latest()
				else void timeline.around((view.first + view.last) >> 1)
			}, dragMs)
		}
	}

	#waitNoMore(): void {
		clearTimeout(this.#wait)
		this.#wait = undefined
		this.#waits(false)
	}
}
