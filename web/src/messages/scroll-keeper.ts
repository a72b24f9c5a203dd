import type { VirtualizerHandle } from 'virtua'

/** What stays where it is on the screen, whatever is measured, comes, or grows around it. */
export type Hold =
	/** The newest message, at the lower edge. */
	| 'end'
	/** A message, at its place: so many pixels below the upper edge, or in the middle, or in the upper part. */
	| { sequence: number; place: number | 'middle' | 'upper' }

export interface ScrollSurroundings {
	scroller(): HTMLElement | null
	items(): VirtualizerHandle | null
	/** Which item a message is; undefined: none just now. */
	indexOf(sequence: number): number | undefined
	/** Whether the room's newest message is among the items. */
	hasEnd(): boolean
	/** Whether a message, and all after it, is on the screen as it is, and no placeholder. */
	isWholeFrom(sequence: number): boolean
}

/** Nearer than that to the lower edge, in pixels, one is at the end. */
const endPx = 8

/**
 * Where a list is scrolled to. Until somebody scrolls it holds on to what it was told to show; then to nothing, for the
 * list of items keeps what is read in its place by itself; and to the end as soon as they are there.
 */
export class ScrollKeeper {
	hold: Hold | undefined
	readonly #around: ScrollSurroundings
	/** Where the hold has put it: anywhere else somebody has scrolled to. */
	#put: number | undefined

	constructor(around: ScrollSurroundings) {
		this.#around = around
	}

	get isAtEnd(): boolean {
		const scroller = this.#around.scroller()
		if (scroller === null) return true
		return this.#around.hasEnd() && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight <= endPx
	}

	/** Holds on to something from now on. */
	show(hold: Hold): void {
		this.hold = hold
		this.settle()
	}

	/** Something is larger or smaller than it was. */
	settle(): void {
		const scroller = this.#around.scroller()
		const top = this.#heldTop(scroller)
		if (scroller === null || top === undefined) return
		const end = scroller.scrollHeight - scroller.clientHeight
		const target = Math.max(0, Math.min(top, end))
		if (Math.abs(scroller.scrollTop - target) > 0.5) {
			scroller.scrollTop = target
			this.#put = scroller.scrollTop
			// The list of items would hear of it with the next frame, and show this one without them.
			scroller.dispatchEvent(new Event('scroll'))
		}
		this.#put = scroller.scrollTop
		const { hold } = this
		if (typeof hold === 'object' && top >= end && this.#around.isWholeFrom(hold.sequence)) this.hold = 'end'
	}

	/** It was scrolled. True: by somebody. */
	scrolled(): boolean {
		const scroller = this.#around.scroller()
		if (scroller === null || (this.#put !== undefined && Math.abs(scroller.scrollTop - this.#put) <= 1)) return false
		this.#put = undefined
		this.hold = this.isAtEnd ? 'end' : undefined
		return true
	}

	#heldTop(scroller: HTMLElement | null): number | undefined {
		const items = this.#around.items()
		if (scroller === null || this.hold === undefined) return undefined
		if (this.hold === 'end' || items === null) return scroller.scrollHeight
		const { sequence, place } = this.hold
		const index = this.#around.indexOf(sequence)
		if (index === undefined) return undefined
		const room = scroller.clientHeight - items.getItemSize(index)
		const above = place === 'middle' ? Math.max(0, room / 2) : place === 'upper' ? scroller.clientHeight / 5 : place
		return items.getItemOffset(index) - above
	}
}
