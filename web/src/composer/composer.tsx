import { useEffect, useRef, useState } from 'preact/hooks'
import { pathOf } from '../../../src/client/server.ts'
import { chat, me, roomNamed, status } from '../state/chat.ts'
import { orSay } from '../state/notices.ts'
import { titleOf } from '../state/unread.ts'
import { Button } from '../ui/button.tsx'
import './composer.css'
import { WriteBox } from './write-box.tsx'

interface ComposerProps {
	room: string
	/** The message that is answered, where it is a thread. */
	replyTo?: string
}

/** Where one writes; or why one does not write there. */
export function Composer({ room, replyTo }: ComposerProps) {
	const own = roomNamed(room)
	const isVisitor = own === undefined && !room.startsWith('@') && me.value?.role !== 'guest'
	const visited = useVisited(room, isVisitor)
	/** One has just joined to say something. */
	const hasJoined = useRef(false)
	if ((own ?? visited)?.archived) {
		return (
			<p class="composer-bar" tabIndex={-1} data-focus-home>
				This room is archived. You can read it, and nothing more is said in it.
			</p>
		)
	}
	if (!isVisitor) {
		const place = { room, replyTo }
		const to = placeholderFor(replyTo, own ?? { room, title: '' })
		return (
			<WriteBox key={`${room} ${replyTo}`} place={place} placeholder={to} takesFocus={hasJoined.current || isFree()} />
		)
	}
	if (visited === undefined) return null
	const join = async () => {
		hasJoined.current = true
		await orSay(chat.join(room))
	}
	return (
		<div class="composer-bar">
			<p>
				You are looking at <strong>#{titleOf(visited)}</strong>. Join it to write, and to hear what is new.
			</p>
			<Button kind="primary" data-focus-home onClick={join}>
				Join
			</Button>
		</div>
	)
}

interface Visited {
	room: string
	title: string
	archived: boolean
}

/** What is known of a room that is not one's own; undefined: it cannot be seen, or that is not known yet. */
function useVisited(room: string, isVisitor: boolean): Visited | undefined {
	const [visited, setVisited] = useState<Visited>()
	const isLive = status.value.state === 'live'
	useEffect(() => {
		if (!isVisitor || !isLive) return
		let isWanted = true
		chat
			.ask<Visited>('GET', pathOf(room))
			.then((answer) => isWanted && setVisited(answer))
			// The list of messages says why there is none.
			.catch(() => isWanted && setVisited(undefined))
		return () => {
			isWanted = false
		}
	}, [room, isVisitor, isLive])
	return visited?.room === room ? visited : undefined
}

function placeholderFor(replyTo: string | undefined, { room, title }: { room: string; title: string }): string {
	if (replyTo !== undefined) return 'Write a reply'
	if (!room.startsWith('@')) return `Write to #${titleOf({ room, title })}`
	return room.slice(1) === me.value?.name ? 'Write a note to yourself' : `Write to ${room.slice(1)}`
}

/**
 * Whether the focus may come here by itself: nobody is doing anything else. On a phone it would open the keyboard over
 * what one wants to read.
 */
function isFree(): boolean {
	const active = document.activeElement
	const isElsewhere = active !== null && active !== document.body && active.closest('nav') === null
	return !isElsewhere && !matchMedia('(pointer: coarse)').matches
}
