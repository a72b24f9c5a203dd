import { X } from 'lucide'
import { useRef } from 'preact/hooks'
import { Composer } from '../composer/composer.tsx'
import { MessageRow } from '../messages/message-row.tsx'
import { OutgoingRows } from '../messages/outgoing-rows.tsx'
import { goesOn } from '../messages/rows.ts'
import { focusComposer } from '../state/composing.ts'
import { addressOf, go, type Place } from '../state/place.ts'
import { inWords } from '../state/problems.ts'
import { Button, IconButton } from '../ui/button.tsx'
import './thread.css'
import { useFocusWithout, useThreadFocus, useThreadScroll } from './thread-focus.ts'
import { useThread } from './thread-messages.ts'

interface ThreadProps {
	place: Extract<Place, { at: 'room' }>
	/** The id of the message that is answered. */
	id: string
}

/** A message, what answers it, and where one answers it. */
export function Thread({ place, id }: ThreadProps) {
	const { room, sequence, moment } = place
	const panel = useRef<HTMLElement>(null)
	const isPast = moment !== undefined
	const { answered, replies, problem, more, again } = useThread({ room, id, moment })
	useThreadFocus(panel)
	const scroll = useThreadScroll(replies)
	useFocusWithout(more, panel)
	useFocusWithout(problem, panel)
	const close = () => {
		go(addressOf(room, { sequence, moment }), { stays: true })
		const row = document.querySelector<HTMLElement>(`.room [data-message="${CSS.escape(id)}"] .message-time`)
		if (row) row.focus()
		else focusComposer()
	}
	return (
		<aside
			ref={panel}
			class="panel thread"
			aria-label="Thread"
			tabIndex={-1}
			onKeyDown={(event) => {
				if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return
				event.preventDefault()
				close()
			}}
		>
			<header class="bar">
				<h2>Thread</h2>
				<IconButton icon={X} label="Close thread" onClick={close} />
			</header>
			<div ref={scroll} class="thread-messages">
				{problem && (
					<p class="thread-problem">
						{inWords(problem.message)} <Button onClick={again}>Try again</Button>
					</p>
				)}
				{answered && <MessageRow message={answered} isPast={isPast} where="thread" />}
				{answered && <p class="thread-count">{countOf(replies.length, more !== undefined)}</p>}
				{more && (
					<Button kind="quiet" onClick={more}>
						Show earlier replies
					</Button>
				)}
				{replies.map((message, index) => (
					<MessageRow
						key={message.id}
						message={message}
						isContinued={goesOn(replies[index - 1], message)}
						isPast={isPast}
						where="thread"
					/>
				))}
				{!isPast && <OutgoingRows room={room} replyTo={id} />}
			</div>
			{!isPast && <Composer key={id} room={room} replyTo={id} />}
		</aside>
	)
}

function countOf(count: number, hasMore: boolean): string {
	if (count === 0) return 'No replies yet'
	return `${count}${hasMore ? ' or more' : ''} ${count === 1 ? 'reply' : 'replies'}`
}
