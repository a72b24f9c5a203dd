import type { ShownMessage } from '../../../src/client/browser.ts'
import { isSameDay } from '../ui/time.ts'

/** What is needed of a list of messages to see one among its neighbours; by the number in the room. */
export type MessageAt = (sequence: number) => ShownMessage | undefined

/** A message that is loaded, by its number in the room. */
export function messageAt(
	{ messages }: { messages: readonly ShownMessage[] },
	sequence: number,
): ShownMessage | undefined {
	return messages[sequence - (messages[0]?.sequence ?? 0)]
}

/** Whoever speaks again within that time goes on with what they have said. */
const goesOnMs = 5 * 60_000

/** Whether a message of a room stands under the name that the one before it has. What answers another begins anew. */
export function isContinued(before: ShownMessage | undefined, message: ShownMessage): boolean {
	return message.replyTo === undefined && goesOn(before, message)
}

type Said = Pick<ShownMessage, 'sender' | 'guest' | 'erased' | 'timestamp'>

/** Whether somebody goes on with what they have just said. */
export function goesOn(before: Said | undefined, said: Said): boolean {
	return (
		before !== undefined &&
		before.sender === said.sender &&
		before.guest === said.guest &&
		before.erased === undefined &&
		said.erased === undefined &&
		said.timestamp - before.timestamp < goesOnMs &&
		isSameDay(before.timestamp, said.timestamp)
	)
}

/** Whether a day begins with a message. Not known, and so not said, while the one before it is not here. */
export function beginsDay(before: ShownMessage | undefined, message: ShownMessage): boolean {
	if (before === undefined) return message.sequence === 1
	return !isSameDay(before.timestamp, message.timestamp)
}

/**
 * Erased messages are shown as one from three on, within each so many: what is on the screen stays well below what is
 * kept of a room at a time, however much was erased.
 */
const runMax = 25
const runMin = 3

/**
 * How many messages this erased one stands for: 0 if another one stands for it, undefined if it stands alone or is not
 * erased. What stands at the edge of what is loaded stands alone, for its run may go on there.
 */
export function erasedRun(at: MessageAt, sequence: number): number | undefined {
	const isErased = (other: number) => at(other)?.erased !== undefined
	if (!isErased(sequence)) return undefined
	const blockStart = sequence - ((sequence - 1) % runMax)
	const blockEnd = blockStart + runMax - 1
	let first = sequence
	while (first > blockStart && isErased(first - 1)) first -= 1
	let last = sequence
	while (last < blockEnd && isErased(last + 1)) last += 1
	if (first > blockStart && at(first - 1) === undefined) return undefined
	const length = last - first + 1
	if (length < runMin) return undefined
	return sequence === first ? length : 0
}
