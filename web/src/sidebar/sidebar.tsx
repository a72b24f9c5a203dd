import { Hash, Lock, MessageCirclePlus, Plus, Search, Settings } from 'lucide'
import type { RoomState } from '../../../src/client/browser.ts'
import { chat, me, presenceOf } from '../state/chat.ts'
import { dialog } from '../state/layers.ts'
import { addressOf, place } from '../state/place.ts'
import { sortedRooms, titleOf } from '../state/unread.ts'
import { Avatar } from '../ui/avatar.tsx'
import { IconButton } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { PresenceDot } from '../ui/presence-dot.tsx'
import './sidebar.css'

/** Where one can go. */
export function Sidebar() {
	const { rooms, directs } = sortedRooms.value
	const isGuest = me.value?.role === 'guest'
	return (
		<div class="sidebar">
			<header class="sidebar-head">
				<img src="/icons/icon.svg" alt="" width="26" height="26" />
				<strong>Tailroom</strong>
				<IconButton icon={Search} label="Go to …" onClick={() => (dialog.value = { name: 'switcher' })} />
			</header>
			<nav aria-label="Rooms">
				<Section title="Rooms" add="Browse and open rooms" onAdd={() => (dialog.value = { name: 'browse' })}>
					{rooms.map((room) => (
						<RoomLink key={room.room} room={room} />
					))}
				</Section>
				{!isGuest && (
					<Section
						title="Direct messages"
						add="Write to somebody"
						onAdd={() => (dialog.value = { name: 'new-direct' })}
					>
						{directs.map((room) => (
							<RoomLink key={room.room} room={room} />
						))}
					</Section>
				)}
			</nav>
			<footer class="sidebar-foot">
				<Avatar name={me.value?.name ?? ''} />
				<span>
					<strong>{me.value?.displayName || me.value?.name}</strong>
					<small>{chat.user?.role}</small>
				</span>
				<a class="icon-button" href="/settings/profile" aria-label="Settings" title="Settings">
					<Icon of={Settings} />
				</a>
			</footer>
		</div>
	)
}

interface SectionProps {
	title: string
	add: string
	onAdd: () => void
	children: preact.ComponentChildren
}

function Section({ title, add, onAdd, children }: SectionProps) {
	return (
		<section class="sidebar-section">
			<header>
				<h2>{title}</h2>
				<IconButton icon={title === 'Rooms' ? Plus : MessageCirclePlus} label={add} onClick={onAdd} />
			</header>
			<ul>{children}</ul>
		</section>
	)
}

/** A room, with what is unread in it: in its name too, for who listens. */
function RoomLink({ room }: { room: RoomState }) {
	const here = place.value
	const isHere = here.at === 'room' && here.room === room.room
	const isDirect = room.visibility === 'direct'
	const calls = isDirect ? room.unread : room.mentions
	return (
		<li>
			<a
				href={addressOf(room.room)}
				class="room-link"
				data-unread={room.unread > 0 || undefined}
				aria-current={isHere ? 'page' : undefined}
			>
				{isDirect ? (
					<PresenceDot state={presenceOf(room.room.slice(1))} />
				) : (
					<Icon of={room.visibility === 'private' ? Lock : Hash} size={16} />
				)}
				<span class="room-link-name">{titleOf(room)}</span>
				{room.unread > 0 && <span class="unseen">{unreadWords(room)}</span>}
				{calls > 0 && (
					<span class="room-link-count" aria-hidden="true">
						{calls > 99 ? '99+' : calls}
					</span>
				)}
			</a>
		</li>
	)
}

function unreadWords({ unread, mentions }: RoomState): string {
	const calls = mentions === 0 ? '' : `, ${mentions} ${mentions === 1 ? 'mention' : 'mentions'}`
	return `, ${unread} unread${calls}`
}
