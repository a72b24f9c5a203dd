import { type Signal, signal } from '@preact/signals'
import type { Timeline } from '../../../src/client/browser.ts'
import { chat } from './chat.ts'
import { showKept } from './kept.ts'

interface Opened {
	timeline: Timeline
	/** How often it has changed. */
	changes: Signal<number>
	close: () => void
}

/** So many rooms that were visited last go on following, so that going back to one shows it at once. */
const openedMax = 8

/** By their room, the one that was visited last at the end. */
const opened = new Map<string, Opened>()

/** The messages of a room that was visited just now, or before; undefined of others. */
export function timelineOf(room: string): Timeline | undefined {
	return opened.get(room)?.timeline
}

/** How often the messages of a room have changed. A component that reads it is drawn again with the next change. */
export function changesOf(room: string): number {
	return opened.get(room)?.changes.value ?? 0
}

/** The messages of a room, for as long as it is among those that were visited last. Draws the component with each change. */
export function useTimeline(room: string): Timeline {
	const { timeline, changes } = visited(room)
	changes.value
	return timeline
}

function visited(room: string): Opened {
	const known = opened.get(room)
	const one = known ?? open(room)
	opened.delete(room)
	opened.set(room, one)
	for (const [name, other] of opened) {
		if (opened.size <= openedMax) break
		other.close()
		opened.delete(name)
	}
	return one
}

function open(room: string): Opened {
	const timeline = chat.open(room)
	showKept(timeline)
	const changes = signal(0)
	const unlisten = chat.listen({
		change: (changed) => {
			if (changed.has(`timeline ${room}`)) changes.value += 1
		},
	})
	return {
		timeline,
		changes,
		close: () => {
			unlisten()
			timeline.close()
		},
	}
}
