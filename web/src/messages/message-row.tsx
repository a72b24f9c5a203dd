import { useComputed } from '@preact/signals'
import { memo } from 'preact/compat'
import { useId, useRef } from 'preact/hooks'
import type { ShownMessage } from '../../../src/client/browser.ts'
import { me } from '../state/chat.ts'
import { editing, focusComposer } from '../state/composing.ts'
import { writerOf } from '../state/people.ts'
import { addressOf } from '../state/place.ts'
import { roomNames } from '../state/room-names.ts'
import { Text } from '../text/text.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { clockTime, wholeTime } from '../ui/time.ts'
import { Actions } from './actions.tsx'
import { Edited } from './earlier-texts.tsx'
import { editedIn, type Where } from './editing.ts'
import { Editor } from './editor.tsx'
import { erasedSentence } from './erased.ts'
import { useFocusHeir } from './focus-heir.ts'
import './message-row.css'
import { focused, pointed } from './pointed.ts'
import { Reactions } from './reactions.tsx'
import { ReplyContext } from './reply-context.tsx'

interface MessageRowProps {
	message: ShownMessage
	/** It goes on where the same person has just spoken: without their name again. */
	isContinued?: boolean
	/** It is shown as it was in the past: nothing can be done with it. */
	isPast?: boolean
	/** A link has led here: it is seen at a glance. */
	isTarget?: boolean
	/** Absent: among all that is said in its room. */
	where?: Where
}

/** A message, with what is done with it. Drawn again only when the message is another object. */
export const MessageRow = memo(function MessageRow({
	message,
	isContinued = false,
	isPast = false,
	isTarget = false,
	where = 'room',
}: MessageRowProps) {
	const { id, sender, guest, replyTo, erased, mentions = [] } = message
	const row = useId()
	const element = useRef<HTMLElement>(null)
	useFocusHeir(element)
	const isActive = useComputed(() => pointed.value === row || focused.value === row).value
	const isEdited = useComputed(() => editing.value === id && editedIn.value === where).value
	const user = me.value?.name
	// What is erased is one quiet line.
	const hasName = !isContinued && erased === undefined
	const hasContext = replyTo !== undefined && erased === undefined && where === 'room'
	const callsUponMe = sender !== user && mentions.some((name) => name === user || name === 'room')
	return (
		<article
			ref={element}
			class="message"
			data-row={row}
			data-message={id}
			data-active={isActive || undefined}
			data-continued={!hasName || undefined}
			data-answers={hasContext || undefined}
			data-calls={callsUponMe || undefined}
			data-target={isTarget || undefined}
		>
			{hasName ? <Avatar name={sender} called={writerOf(message)} /> : <Time message={message} />}
			<div class="message-body">
				{hasContext && <ReplyContext room={message.room} id={replyTo} />}
				{hasName && (
					<header>
						<strong dir="auto" title={`@${sender}`}>
							{writerOf(message)}
						</strong>
						{guest && <span class="badge">guest</span>}
						<Time message={message} />
					</header>
				)}
				{isEdited ? <Editor message={message} leave={() => leaveEditor(where)} /> : <Content message={message} />}
				<Reactions message={message} isPast={isPast} />
			</div>
			{isActive && !isPast && !isEdited && erased === undefined && (
				<Actions message={message} where={where} row={row} />
			)}
		</article>
	)
})

/** When it was said, which is the link to it. */
function Time({ message: { room, sequence, timestamp } }: { message: ShownMessage }) {
	return (
		<a class="message-time" href={addressOf(room, { sequence })} title={wholeTime(timestamp)}>
			<time dateTime={new Date(timestamp).toISOString()}>{clockTime(timestamp)}</time>
		</a>
	)
}

function Content({ message }: { message: ShownMessage }) {
	const { content, mentions, erased, editedAtMs } = message
	if (erased !== undefined) return <p class="message-erased">{erasedSentence(erased, writerOf(message))}</p>
	return (
		<div class="message-text">
			<Text content={content} mentions={mentions} rooms={roomNames.value} me={me.value?.name ?? ''} />
			{editedAtMs !== undefined && <Edited message={message} />}
		</div>
	)
}

function leaveEditor(where: Where): void {
	if (where === 'thread') document.querySelector<HTMLElement>('.thread .composer textarea')?.focus()
	else focusComposer()
}
