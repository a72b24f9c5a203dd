import { ChevronLeft, History, NotebookPen, Search, Settings, Users } from 'lucide'
import type { WholeRoom } from '../../../src/client/browser.ts'
import { closePanel } from '../panels/panel-head.tsx'
import { isBeside, showBeside } from '../state/beside.ts'
import { chat, presence, presenceOf } from '../state/chat.ts'
import { dialog } from '../state/layers.ts'
import { personNamed } from '../state/people.ts'
import { addressOf, go, type Place } from '../state/place.ts'
import { openSearch } from '../state/searching.ts'
import { isNotebook, titleOf } from '../state/unread.ts'
import { useRoom } from '../state/visited.ts'
import { lasting, useNow } from '../ui/ago.ts'
import { IconButton } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { PresenceDot } from '../ui/presence-dot.tsx'
import { RoomSign } from '../ui/room-sign.tsx'

/** What a room is called and about, and what can be done with it. */
export function RoomHeader({ place: { room, moment } }: { place: Extract<Place, { at: 'room' }> }) {
	const shown = useRoom(room)
	const isDirect = room.startsWith('@')
	const title = titleOf(shown ?? { room, title: '' })
	const openSettings = () => {
		dialog.value = { name: 'room-settings', room }
	}
	return (
		<header class="bar room-header">
			<a class="icon-button only-on-phones" href="/chat" aria-label="All rooms">
				<Icon of={ChevronLeft} />
			</a>
			<div class="room-title">
				<h1>
					<Sign room={room} shown={shown} />
					{isDirect || shown === undefined ? (
						<span dir="auto">{title}</span>
					) : (
						<button type="button" dir="auto" title="About this room" onClick={openSettings}>
							{title}
						</button>
					)}
				</h1>
				{isDirect && !isNotebook(room) ? (
					<p>
						<Since name={room.slice(1)} />
					</p>
				) : (
					shown?.topic && (
						<p dir="auto" title={shown.topic}>
							{shown.topic}
						</p>
					)
				)}
			</div>
			<IconButton
				icon={History}
				label="Time travel"
				aria-pressed={moment !== undefined}
				onClick={() => go(addressOf(room, { moment: moment === undefined ? newestPosition() : undefined }))}
			/>
			<IconButton
				icon={Search}
				label="Search"
				aria-pressed={isBeside('search')}
				onClick={() => (isBeside('search') ? closePanel() : openSearch())}
			/>
			{!isDirect && shown !== undefined && (
				<>
					<MembersButton count={shown.memberCount} />
					<IconButton icon={Settings} label="About this room" onClick={openSettings} />
				</>
			)}
		</header>
	)
}

/** Up to where everything is known: now, as a place in the past to begin at. */
function newestPosition(): number {
	return Number.parseInt(chat.cursor ?? '0', 10)
}

/** What kind of a room it is. */
function Sign({ room, shown }: { room: string; shown: WholeRoom | undefined }) {
	if (isNotebook(room)) return <Icon of={NotebookPen} size={16} />
	if (room.startsWith('@')) return <PresenceDot state={presenceOf(room.slice(1))} />
	return <RoomSign visibility={shown?.visibility} isArchived={shown?.archived} />
}

/** How somebody is here, and since when. */
function Since({ name }: { name: string }) {
	const now = useNow()
	const present = presence.value.get(name)
	if (personNamed(name)?.active === false) return 'has no account here any more'
	if (present === undefined) return 'offline'
	return present.state === 'online' ? 'online' : `away for ${lasting(now - present.since)}`
}

function MembersButton({ count }: { count: number }) {
	return (
		<button
			type="button"
			class="icon-button members-button"
			title="Members"
			aria-pressed={isBeside('members')}
			onClick={() => (isBeside('members') ? closePanel() : showBeside('members'))}
		>
			<Icon of={Users} />
			<span class="unseen">Members</span>
			{count}
		</button>
	)
}
