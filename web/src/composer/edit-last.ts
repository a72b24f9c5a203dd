import { useSignalEffect } from '@preact/signals'
import type { RefObject } from 'preact'
import { useRef } from 'preact/hooks'
import { me, outbox } from '../state/chat.ts'
import { editing } from '../state/composing.ts'
import type { DraftPlace } from '../state/drafts.ts'
import { timelineOf } from '../state/timelines.ts'

/**
 * Writes anew what one has said last at a place. What is under way is waited for as long as one does nothing else in
 * the box: else it would be the message before it. False: there is nothing.
 */
export function useEditLast(place: DraftPlace, box: RefObject<HTMLTextAreaElement | null>): () => boolean {
	const isWanted = useRef(false)
	const begin = () => {
		isWanted.current = isUnderWay(place)
		if (isWanted.current) return true
		const last = lastOwn(place)
		if (last !== undefined) editing.value = last
		return last !== undefined
	}
	useSignalEffect(() => {
		outbox.value
		const isStillThere = document.activeElement === box.current && box.current?.value === ''
		if (isWanted.current && isStillThere) begin()
		else isWanted.current = false
	})
	return begin
}

/** Whether something that one has said there has no place among the messages yet. */
function isUnderWay({ room, replyTo }: DraftPlace): boolean {
	return outbox.value.some(
		(entry) =>
			entry.room === room &&
			(replyTo === undefined || entry.replyTo === replyTo) &&
			entry.state !== 'refused' &&
			entry.isSeen !== true,
	)
}

/** The id of what one has said last there and may say otherwise; guests may not. */
function lastOwn({ room, replyTo }: DraftPlace): string | undefined {
	const { name, role } = me.peek() ?? {}
	if (role === 'guest') return undefined
	const isThere = (answers: string | undefined) => replyTo === undefined || answers === replyTo
	return timelineOf(room)?.messages.findLast(
		({ sender, erased, replyTo }) => sender === name && erased === undefined && isThere(replyTo),
	)?.id
}
