import { Plus } from 'lucide'
import { useEffect, useState } from 'preact/hooks'
import type { RoomAnswer } from '../../../src/client/browser.ts'
import { leaving } from '../room-settings/leaving.ts'
import { chat, rooms } from '../state/chat.ts'
import { dialog } from '../state/layers.ts'
import { byName } from '../state/names.ts'
import { orSay } from '../state/notices.ts'
import { addressOf } from '../state/place.ts'
import { visit } from '../state/recent-rooms.ts'
import { isGuest } from '../state/rights.ts'
import { roomNames } from '../state/room-names.ts'
import { titleOf } from '../state/unread.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { RoomSign } from '../ui/room-sign.tsx'
import './browse.css'

/** All rooms that one may see. */
export default function Browse({ close }: { close: () => void }) {
	const [all, setAll] = useState<readonly RoomAnswer[]>()
	const [filter, setFilter] = useState('')
	const own = roomNames.value
	useEffect(() => {
		// It goes on with those that it has.
		chat.browse().then(setAll, () => setAll((before) => before ?? rooms.peek()))
	}, [own])
	const found = all?.filter((room) => room.visibility !== 'direct' && matches(room, filter)).sort(inOrder)
	return (
		<Dialog title="Rooms" hint="All rooms that you can see here." size="wide" close={close}>
			<Field
				label="Find"
				type="search"
				value={filter}
				placeholder="Name, title or topic"
				autofocus
				autocapitalize="none"
				spellcheck={false}
				onInput={(event) => setFilter((event.currentTarget as HTMLInputElement).value)}
				beside={
					!isGuest() && (
						<Button kind="primary" icon={Plus} onClick={() => (dialog.value = { name: 'new-room' })}>
							New room
						</Button>
					)
				}
			/>
			<ul class="browse" aria-label="Rooms that you can see">
				{found?.map((room) => (
					<Entry key={room.room} {...room} isOwn={own.has(room.room)} />
				))}
				{found?.length === 0 && <li class="browse-none">No room is called so.</li>}
			</ul>
		</Dialog>
	)
}

function Entry({ room, title, topic, visibility, archived, isOwn }: RoomAnswer & { isOwn: boolean }) {
	const name = titleOf({ room, title })
	return (
		<li>
			<RoomSign visibility={visibility} isArchived={archived} />
			<div class="browse-room">
				<a
					href={addressOf(room)}
					dir="auto"
					onClick={(event) => {
						if (event.metaKey || event.ctrlKey || event.shiftKey) return
						event.preventDefault()
						visit(room)
					}}
				>
					{name}
				</a>
				{name !== room && <small>{room}</small>}
				{archived && <small>archived</small>}
				{topic && <p dir="auto">{topic}</p>}
			</div>
			{!isGuest() && <Membership room={room} name={name} isOwn={isOwn} isPrivate={visibility === 'private'} />}
		</li>
	)
}

interface MembershipProps {
	room: string
	name: string
	isOwn: boolean
	isPrivate: boolean
}

function Membership({ room, name, isOwn, isPrivate }: MembershipProps) {
	const [isAsking, setIsAsking] = useState(false)
	const change = async (asked: () => Promise<void>) => {
		if (isAsking) return
		setIsAsking(true)
		await orSay(asked())
		setIsAsking(false)
	}
	if (!isOwn) {
		return (
			<Button aria-label={`Join ${name}`} aria-disabled={isAsking} onClick={() => change(() => chat.join(room))}>
				Join
			</Button>
		)
	}
	const leave = () => {
		if (isPrivate) dialog.value = leaving(room, name)
		else void change(() => chat.leave(room))
	}
	return (
		<Button kind="quiet" aria-label={`Leave ${name}`} aria-disabled={isAsking} onClick={leave}>
			Leave
		</Button>
	)
}

function matches({ room, title, topic }: RoomAnswer, filter: string): boolean {
	return `${room} ${title} ${topic}`.toLowerCase().includes(filter.trim().toLowerCase())
}

/** Those that are archived last. */
function inOrder(one: RoomAnswer, other: RoomAnswer): number {
	return Number(one.archived) - Number(other.archived) || byName.compare(titleOf(one), titleOf(other))
}
