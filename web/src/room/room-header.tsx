import { ChevronLeft, Hash, History, Lock, Search, Users } from 'lucide'
import { chat, presenceOf, roomNamed } from '../state/chat.ts'
import { panel, togglePanel } from '../state/layers.ts'
import { addressOf, go, type Place } from '../state/place.ts'
import { titleOf } from '../state/unread.ts'
import { IconButton } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { PresenceDot } from '../ui/presence-dot.tsx'

/** What a room is called and about, and what can be done with it. */
export function RoomHeader({ place: { room, moment } }: { place: Extract<Place, { at: 'room' }> }) {
	const state = roomNamed(room)
	const isDirect = room.startsWith('@')
	return (
		<header class="bar">
			<a class="icon-button only-on-phones" href="/chat" aria-label="All rooms">
				<Icon of={ChevronLeft} />
			</a>
			<div class="room-title">
				<h1>
					{isDirect ? (
						<PresenceDot state={presenceOf(room.slice(1))} />
					) : (
						<Icon of={state?.visibility === 'private' ? Lock : Hash} size={16} />
					)}
					{titleOf(state ?? { room, title: '' })}
				</h1>
				{state?.topic && <p>{state.topic}</p>}
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
				aria-pressed={panel.value?.name === 'search'}
				onClick={() => togglePanel('search')}
			/>
			{!isDirect && (
				<IconButton
					icon={Users}
					label="Members"
					aria-pressed={panel.value?.name === 'members'}
					onClick={() => togglePanel('members')}
				/>
			)}
		</header>
	)
}

/** Up to where everything is known: now, as a place in the past to begin at. */
function newestPosition(): number {
	return Number.parseInt(chat.cursor ?? '0', 10)
}
