import { MessageCirclePlus, Plus, Search } from 'lucide'
import { useState } from 'preact/hooks'
import type { RoomState } from '../../../src/client/browser.ts'
import { me, presence } from '../state/chat.ts'
import { drafts } from '../state/drafts.ts'
import { dialog } from '../state/layers.ts'
import { byName } from '../state/names.ts'
import { people } from '../state/people.ts'
import { isGuest } from '../state/rights.ts'
import { callsIn, sortedRooms, titleOf } from '../state/unread.ts'
import { IconButton } from '../ui/button.tsx'
import { OutOfSight } from './out-of-sight.tsx'
import { RoomLink } from './room-link.tsx'
import { Section } from './section.tsx'
import { Self } from './self.tsx'
import '../state/recent-rooms.ts'
import './sidebar.css'

/** So many people of those who are here are offered. */
const peopleMax = 5

/** Where one can go. */
export function Sidebar() {
	const { rooms, archived } = sortedRooms.value
	return (
		<div class="sidebar">
			<header class="sidebar-head">
				<img src="/icons/icon.svg" alt="" width="26" height="26" />
				<strong>Tailroom</strong>
				<IconButton icon={Search} label="Go to …" onClick={() => (dialog.value = { name: 'switcher' })} />
			</header>
			<div class="sidebar-list">
				<nav aria-label="Rooms">
					<Section
						title="Rooms"
						icon={Plus}
						add={isGuest() ? 'Browse rooms' : 'Browse and open rooms'}
						onAdd={() => (dialog.value = { name: 'browse' })}
					>
						<RoomLinks rooms={rooms} />
					</Section>
					{!isGuest() && <Directs />}
					{archived.length > 0 && <Archived rooms={archived} />}
				</nav>
				<OutOfSight />
			</div>
			<Self />
		</div>
	)
}

function RoomLinks({ rooms }: { rooms: readonly RoomState[] }) {
	return (
		<>
			{rooms.map((room) => (
				<RoomLink
					key={room.room}
					room={room.room}
					title={titleOf(room)}
					visibility={room.visibility}
					unread={room.unread}
					mentions={room.mentions}
					calls={callsIn(room)}
					hasDraft={drafts.value.has(room.room)}
				/>
			))}
		</>
	)
}

function Directs() {
	const { directs } = sortedRooms.value
	const name = me.value?.name ?? ''
	return (
		<>
			<Section
				title="Direct messages"
				icon={MessageCirclePlus}
				add="Write to somebody"
				onAdd={() => (dialog.value = { name: 'new-direct' })}
			>
				<RoomLinks rooms={directs} />
				<RoomLink
					room={`@${name}`}
					title="Notes to self"
					visibility="direct"
					isNotebook
					hasDraft={drafts.value.has(`@${name}`)}
				/>
			</Section>
			<OthersHere />
		</>
	)
}

/** Those who are here, and whom one has not talked with yet. */
function OthersHere() {
	const known = new Set(sortedRooms.value.directs.map(({ room }) => room.slice(1)))
	const others = [...presence.value.values()]
		.map(({ userId, state }) => ({ person: people.value.get(userId), state }))
		.filter(({ person, state }) => person && state === 'online' && person.name !== me.value?.name)
		.flatMap(({ person }) => (person === undefined || known.has(person.name) ? [] : [person]))
		.sort((one, other) => byName.compare(one.displayName, other.displayName))
	if (others.length === 0) return null
	return (
		<Section title="People online">
			{others.slice(0, peopleMax).map(({ name, displayName }) => (
				<RoomLink key={name} room={`@${name}`} title={displayName} visibility="direct" />
			))}
			{others.length > peopleMax && (
				<li>
					<button type="button" class="sidebar-more" onClick={() => (dialog.value = { name: 'new-direct' })}>
						Show all
					</button>
				</li>
			)}
		</Section>
	)
}

function Archived({ rooms }: { rooms: readonly RoomState[] }) {
	const [isOpen, setIsOpen] = useState(false)
	return (
		<section class="sidebar-section">
			<button
				type="button"
				class="sidebar-more"
				aria-expanded={isOpen}
				onClick={() => setIsOpen(!isOpen)}
			>{`Archived (${rooms.length})`}</button>
			{isOpen && (
				<ul>
					<RoomLinks rooms={rooms} />
				</ul>
			)}
		</section>
	)
}
