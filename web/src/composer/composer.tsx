import { useLayoutEffect, useRef } from 'preact/hooks'
import type { TailroomError } from '../../../src/client/browser.ts'
import { chat, me, roomNamed } from '../state/chat.ts'
import { focusComposer } from '../state/composing.ts'
import { hasTouch } from '../state/device.ts'
import { say } from '../state/notices.ts'
import { displayNameOf } from '../state/people.ts'
import { inWords } from '../state/problems.ts'
import { isGuest } from '../state/rights.ts'
import { timelineOf } from '../state/timelines.ts'
import { titleOf } from '../state/unread.ts'
import { useRoom } from '../state/visited.ts'
import { Button } from '../ui/button.tsx'
import { useFreeFocus } from '../ui/free-focus.ts'
import './composer.css'
import { WriteBox } from './write-box.tsx'

interface ComposerProps {
	room: string
	/** The message that is answered, where it is a thread. */
	replyTo?: string
}

/** Where one writes; or why one does not write there. */
export function Composer({ room, replyTo }: ComposerProps) {
	const shown = useRoom(room)
	/** One has just joined to say something. */
	const hasJoined = useRef(false)
	const isKnown = shown !== undefined
	// Until the room is known there is nothing here to write in. Then it takes the focus, if nothing else has it.
	useLayoutEffect(() => {
		if (isKnown && replyTo === undefined && isFree()) focusComposer()
	}, [isKnown])
	if (shown?.archived) return <ArchivedBar />
	if (roomNamed(room) !== undefined || room.startsWith('@') || isGuest()) {
		const place = { room, replyTo }
		const to = placeholderFor(replyTo, shown ?? { room, title: '' })
		return (
			<WriteBox key={`${room} ${replyTo}`} place={place} placeholder={to} takesFocus={hasJoined.current || isFree()} />
		)
	}
	if (shown === undefined) return null
	const join = async () => {
		hasJoined.current = true
		try {
			await chat.join(room)
		} catch (error) {
			const { code, message } = error as TailroomError
			// It may have become private, which nobody tells who is not a member: in place of the messages it is said then.
			if (code === 'not_found') void timelineOf(room)?.latest()
			else say(inWords(message))
		}
	}
	return (
		<div class="composer-bar">
			<p>
				You are looking at <strong dir="auto">#{titleOf(shown)}</strong>. Join it to write, and to hear what is new.
			</p>
			<Button kind="primary" data-focus-home onClick={join}>
				Join
			</Button>
		</div>
	)
}

function ArchivedBar() {
	return (
		<p ref={useFreeFocus()} class="composer-bar" tabIndex={-1} data-focus-home>
			This room is archived. You can read it, and nothing more is said in it.
		</p>
	)
}

function placeholderFor(replyTo: string | undefined, { room, title }: { room: string; title: string }): string {
	if (replyTo !== undefined) return 'Write a reply'
	if (!room.startsWith('@')) return `Write to #${titleOf({ room, title })}`
	return room.slice(1) === me.value?.name ? 'Write a note to yourself' : `Write to ${displayNameOf(room.slice(1))}`
}

/**
 * Whether the focus may come here by itself: nobody is doing anything else. On a phone it would open the keyboard over
 * what one wants to read.
 */
function isFree(): boolean {
	const active = document.activeElement
	const isElsewhere = active !== null && active !== document.body && active.closest('nav') === null
	return !isElsewhere && !hasTouch()
}
