import { ChevronLeft, Hash, Lock, Search, Users } from 'lucide'
import { presenceOf, roomNamed } from '../state/chat.ts'
import { panel, togglePanel } from '../state/layers.ts'
import type { Place } from '../state/place.ts'
import { titleOf } from '../state/unread.ts'
import { IconButton } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { PresenceDot } from '../ui/presence-dot.tsx'

/** What a room is called and about, and what can be done with it. */
export function RoomHeader({ place: { room } }: { place: Extract<Place, { at: 'room' }> }) {
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
