import { effect, type Signal, signal } from '@preact/signals'
import type { Frame, HistoryMessage, ShownMessage } from '../../../src/client/browser.ts'
import { pathOf } from '../../../src/client/server.ts'
import { heard } from '../../../src/client/shown-message.ts'
import { chat, isOpen } from '../state/chat.ts'
import { followErased } from '../state/erased-people.ts'
import { timelineOf } from '../state/timelines.ts'

/** Undefined until it is here; null: there is none. */
type Answered = ShownMessage | undefined | null

/** Messages that were answered, as they are now, by their id. So many are kept that those on the screen are among them. */
const known = new Map<string, Signal<Answered>>()
const knownMax = 500

effect(() => {
	if (!isOpen.value) return
	return chat.listen({
		frame: (frame) => {
			if (frame.type === 'clear') for (const message of known.values()) hear(message, frame)
			else if (frame.type === 'edit' || frame.type === 'delete') hear(known.get(frame.id), frame)
		},
	})
})

followErased(() => known.clear())

/** A message that was answered: the one on the screen, or asked for once. */
export function answered(room: string, id: string): Signal<Answered> {
	const message = known.get(id) ?? signal<Answered>(timelineOf(room)?.messages.find((other) => other.id === id))
	known.delete(id)
	known.set(id, message)
	const [oldest] = known.keys()
	if (known.size > knownMax && oldest !== undefined) known.delete(oldest)
	if (message.value === undefined) void askFor(room, id, message)
	return message
}

function hear(message: Signal<Answered> | undefined, frame: Frame): void {
	if (message?.value) message.value = heard(message.value, frame)
}

const asking = new Set<string>()

async function askFor(room: string, id: string, message: Signal<Answered>): Promise<void> {
	if (asking.has(id)) return
	asking.add(id)
	try {
		const found = await chat.ask<HistoryMessage>('GET', pathOf(room, 'messages', id))
		message.value = { ...found, asOf: found.position }
	} catch (error) {
		// Without a line it is asked for when its row is drawn the next time.
		if ((error as { code?: string }).code === 'not_found') message.value = null
	} finally {
		asking.delete(id)
	}
}
