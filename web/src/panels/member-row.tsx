import { useRef, useState } from 'preact/hooks'
import type { MemberRole, PresenceState } from '../../../src/client/browser.ts'
import { pathOf } from '../../../src/client/server.ts'
import { SanctionForm } from '../room-settings/sanction-form.tsx'
import { chat, presence } from '../state/chat.ts'
import { isPhone } from '../state/device.ts'
import { orSay, say } from '../state/notices.ts'
import { people, personNamed } from '../state/people.ts'
import { visit } from '../state/recent-rooms.ts'
import { isGuest } from '../state/rights.ts'
import { lasting, useNow } from '../ui/ago.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { useFocusAfter } from '../ui/focus-after.ts'
import { PresenceDot } from '../ui/presence-dot.tsx'
import { closePanel } from './panel-head.tsx'

interface MemberRowProps {
	room: string
	userId: string
	/** Undefined: they only visit the room. */
	role?: MemberRole
	state: PresenceState
	/** Whether one says who belongs to the room. */
	isMine: boolean
	isSelf: boolean
	isOpen: boolean
	open: () => void
}

/** Somebody in a room, and what one can do about them. */
export function MemberRow(props: MemberRowProps) {
	const { userId, state, isSelf, isOpen, open } = props
	const person = personNamed(userId)
	const name = person?.displayName ?? userId
	const row = useRef<HTMLLIElement>(null)
	useFocusAfter(row, '.panel-body')
	return (
		<li ref={row}>
			<button type="button" class="member" aria-expanded={isOpen} onClick={open}>
				<Avatar name={userId} called={name} size="small" />
				<span class="member-name" dir="auto">
					{name}
				</span>
				{isSelf && <small>you</small>}
				{person === undefined && people.value.size > 0 && <small>guest</small>}
				{person !== undefined && person.role !== 'member' && <small>{person.role}</small>}
				<PresenceDot state={state} />
			</button>
			{isOpen && <Card {...props} name={name} />}
		</li>
	)
}

function Card({ room, userId, role, state, isMine, isSelf, name }: MemberRowProps & { name: string }) {
	const [asking, setAsking] = useState<'bans' | 'mutes'>()
	const person = personNamed(userId)
	const change = (method: 'PUT' | 'DELETE', body?: object) =>
		orSay(chat.ask(method, pathOf(room, 'members', userId), body))
	const isSafe = person?.role === 'owner' || person?.role === 'admin'
	if (asking !== undefined) {
		return (
			<div class="member-card">
				<SanctionForm
					room={room}
					kind={asking}
					person={userId}
					cancel={() => setAsking(undefined)}
					done={() => {
						setAsking(undefined)
						say(`${name} is ${asking === 'bans' ? 'banned' : 'muted'}.`)
					}}
				/>
			</div>
		)
	}
	return (
		<div class="member-card">
			<p>
				<strong>{userId}</strong> · <Standing userId={userId} state={state} />
			</p>
			<div class="member-deeds">
				{person !== undefined && !isGuest() && (
					<Button
						kind="primary"
						onClick={() => {
							if (isPhone()) closePanel()
							visit(`@${userId}`)
						}}
					>
						{isSelf ? 'Write to yourself' : 'Write to them'}
					</Button>
				)}
				{isMine && role === 'member' && (
					<Button onClick={() => change('PUT', { role: 'moderator' })}>Make moderator</Button>
				)}
				{isMine && role === 'moderator' && (
					<Button onClick={() => change('PUT', { role: 'member' })}>No longer moderator</Button>
				)}
				{isMine && role === undefined && person !== undefined && (
					<Button onClick={() => change('PUT', {})}>Add to the room</Button>
				)}
				{isMine && role !== undefined && !isSelf && <Button onClick={() => change('DELETE')}>Remove</Button>}
				{isMine && !isSelf && !isSafe && (
					<>
						<Button onClick={() => setAsking('mutes')}>Mute …</Button>
						<Button kind="danger" onClick={() => setAsking('bans')}>
							Ban …
						</Button>
					</>
				)}
			</div>
		</div>
	)
}

/** How somebody is here, and since when. */
function Standing({ userId, state }: { userId: string; state: PresenceState }) {
	const now = useNow()
	const since = presence.value.get(userId)?.since
	return <>{state === 'away' && since !== undefined ? `away for ${lasting(now - since)}` : state}</>
}
