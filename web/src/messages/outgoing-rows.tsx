import { Clock3 } from 'lucide'
import type { Outgoing } from '../../../src/client/browser.ts'
import { chat, me, outbox, status } from '../state/chat.ts'
import { focusComposer } from '../state/composing.ts'
import { bringBack } from '../state/drafts.ts'
import { writerOf } from '../state/people.ts'
import { inWords } from '../state/problems.ts'
import { roomNames } from '../state/room-names.ts'
import { timelineOf } from '../state/timelines.ts'
import { Text } from '../text/text.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import './outgoing-rows.css'
import { ReplyContext } from './reply-context.tsx'
import { goesOn } from './rows.ts'

interface OutgoingRowsProps {
	room: string
	/** Only what answers that message, in its thread. Absent: all that goes to the room. */
	replyTo?: string
}

/** What was written in a room and is not said yet, as the messages that it will become. */
export function OutgoingRows({ room, replyTo }: OutgoingRowsProps) {
	const isThread = replyTo !== undefined
	const entries = outbox.value
		.filter((entry) => entry.room === room && entry.isSeen !== true)
		.filter((entry) => !isThread || entry.replyTo === replyTo)
	const hasSpoken = entries.length > 0 && hasJustSpoken(room, replyTo)
	return entries.map((entry, index) => (
		<OutgoingRow
			key={entry.key}
			// A copy, for the entry is changed in place.
			entry={{ ...entry }}
			isThread={isThread}
			isContinued={(isThread || entry.replyTo === undefined) && (hasSpoken || index > 0)}
		/>
	))
}

/** Whether the last message there is one's own, so that the next has no name again. */
function hasJustSpoken(room: string, replyTo: string | undefined): boolean {
	const { name = '', role } = me.peek() ?? {}
	const last = timelineOf(room)?.messages.findLast((message) => replyTo === undefined || message.replyTo === replyTo)
	return goesOn(last, { sender: name, guest: role === 'guest' || undefined, timestamp: Date.now() })
}

interface OutgoingRowProps {
	entry: Outgoing
	isContinued: boolean
	/** It stands in its thread, where what it answers is to be seen. */
	isThread: boolean
}

function OutgoingRow({ entry, isContinued, isThread }: OutgoingRowProps) {
	const { room, replyTo, content, state } = entry
	const name = me.value?.name ?? ''
	const writer = writerOf({ sender: name, guest: me.value?.role === 'guest' })
	return (
		<article class="message outgoing" data-state={state} data-continued={isContinued || undefined}>
			<Avatar name={name} called={writer} />
			<div class="message-body">
				{!isThread && replyTo !== undefined && <ReplyContext room={room} id={replyTo} />}
				{!isContinued && (
					<header>
						<strong dir="auto">{writer}</strong>
					</header>
				)}
				<div class="message-text">
					<Text content={content} rooms={roomNames.value} me={name} />
				</div>
				{state === 'refused' && <Refused entry={entry} />}
			</div>
			{state !== 'refused' && state !== 'sent' && <Waiting entry={entry} isContinued={isContinued} />}
		</article>
	)
}

/** That it is under way; and when that takes long, what it waits for. Of several the first says it for all. */
function Waiting({ entry: { key, problem }, isContinued }: { entry: Outgoing; isContinued: boolean }) {
	const isOffline = status.value.state === 'offline'
	const words = isOffline ? 'Waiting for a connection' : problem === undefined ? 'Sending' : 'Trying again'
	const isQuiet = isContinued || words === 'Sending'
	return (
		<div class="outgoing-state">
			<Icon of={Clock3} size={14} />
			<span class={isQuiet ? 'unseen' : undefined}>{words}</span>
			{words !== 'Sending' && (
				<button type="button" onClick={() => andWriteOn(() => chat.discard(key))}>
					Discard
				</button>
			)}
		</div>
	)
}

/** Why it is not said, and what can be done about it. */
function Refused({ entry: { key, room, replyTo, content, problem } }: { entry: Outgoing }) {
	const edit = () => {
		bringBack({ room, replyTo }, content)
		chat.discard(key)
	}
	return (
		<div class="outgoing-refused">
			<p aria-live="polite">
				<strong>Not sent.</strong> {problem && inWords(problem.message)}
			</p>
			<div class="outgoing-actions">
				<Button onClick={() => andWriteOn(() => chat.retry(key))}>Try again</Button>
				<Button kind="quiet" onClick={() => andWriteOn(edit)}>
					Edit
				</Button>
				<Button kind="quiet" onClick={() => andWriteOn(() => chat.discard(key))}>
					Discard
				</Button>
			</div>
		</div>
	)
}

/** The button goes away with what it does: the focus goes to where one writes in the same column. */
function andWriteOn(act: () => void): void {
	const near = document.activeElement?.closest('main, aside')?.querySelector<HTMLElement>('.composer textarea')
	act()
	if (near) near.focus()
	else focusComposer()
}
