import { Hash, Lock, NotebookPen, Search } from 'lucide'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useMemo, useState } from 'preact/hooks'
import type { RoomAnswer } from '../../../src/client/browser.ts'
import { chat, presenceOf, roomNamed, rooms } from '../state/chat.ts'
import { askForPeople, people, peopleToWriteTo } from '../state/people.ts'
import { place } from '../state/place.ts'
import { recentRooms, visit } from '../state/recent-rooms.ts'
import { openSearch } from '../state/searching.ts'
import { callsIn, isNotebook, titleOf } from '../state/unread.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { isComposing } from '../ui/keyboard.ts'
import { PresenceDot } from '../ui/presence-dot.tsx'
import { type Goal, ranked } from './ranking.ts'
import './switcher.css'

/** More than that, nobody looks through. */
const shownMax = 50

/** No room is called so. */
const toSearch = ' search'

/** Goes to any room or person by a few letters. */
export default function Switcher({ close }: { close: () => void }) {
	const id = useId()
	const [text, setText] = useState('')
	/** The room that one has gone to in the list, or `toSearch`; undefined: whatever is the first. */
	const [chosen, setChosen] = useState<string>()
	const [open, setOpen] = useState<readonly RoomAnswer[]>([])
	const here = place.value.at === 'room' ? place.value.room : undefined
	const recent = useMemo(recentRooms, [])
	useEffect(() => {
		void askForPeople()
		chat.browse().then(setOpen, () => {
			// One's own are known.
		})
	}, [])
	const all = goals(open)
	// They do not change their places while messages come: the next key or click is for one that is seen.
	const order = useMemo(() => {
		const offered = all.filter(({ room }) => text !== '' || room !== here)
		return ranked(offered, text, recent).slice(0, shownMax)
	}, [text, open, people.value])
	const found = order.map((goal) => all.find(({ room }) => room === goal.room) ?? goal)
	const words = text.trim()
	const names = [...found.map(({ room }) => room), ...(words === '' ? [] : [toSearch])]
	const count = names.length
	const at = Math.max(0, names.indexOf(chosen ?? ''))
	const setAt = (index: number) => setChosen(names[index])
	const choose = (index: number) => {
		const goal = found[index]
		if (goal !== undefined) visit(goal.room)
		else if (words !== '') openSearch(words)
	}
	useEffect(() => {
		document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' })
	}, [at])
	return (
		<Dialog title="Go to" close={close}>
			<div class="switcher">
				<input
					type="text"
					role="combobox"
					aria-label="Find a room or person"
					aria-expanded="true"
					aria-controls={id}
					aria-autocomplete="list"
					aria-activedescendant={count === 0 ? undefined : `${id}-${at}`}
					placeholder="Find a room or person"
					autocomplete="off"
					autocapitalize="none"
					spellcheck={false}
					autofocus
					dir="auto"
					value={text}
					onInput={(event) => {
						setText(event.currentTarget.value)
						setChosen(undefined)
					}}
					onKeyDown={(event) => {
						if (isComposing(event)) return
						const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
						if (step !== undefined && !event.altKey) {
							event.preventDefault()
							if (count > 0) setAt((at + step + count) % count)
						}
						if (event.key === 'Enter') {
							event.preventDefault()
							choose(at)
						}
					}}
				/>
				<div role="listbox" id={id} aria-label="Rooms and people" tabIndex={-1}>
					{found.map((goal, index) => (
						<Option
							key={goal.room}
							id={`${id}-${index}`}
							isChosen={index === at}
							isUnread={goal.unread > 0}
							point={() => setAt(index)}
							choose={() => choose(index)}
						>
							<Entry goal={goal} />
						</Option>
					))}
					{words !== '' && (
						<Option
							id={`${id}-${found.length}`}
							isChosen={at === found.length}
							point={() => setAt(found.length)}
							choose={() => choose(found.length)}
						>
							<Icon of={Search} size={16} />
							<span class="switcher-title">Search for “{words}”</span>
						</Option>
					)}
				</div>
			</div>
		</Dialog>
	)
}

interface OptionProps {
	id: string
	isChosen: boolean
	isUnread?: boolean
	/** The pointer is on it. */
	point: () => void
	choose: () => void
	children: ComponentChildren
}

function Option({ id, isChosen, isUnread, point, choose, children }: OptionProps) {
	return (
		// biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus
		<div
			id={id}
			role="option"
			class="switcher-entry"
			tabIndex={-1}
			aria-selected={isChosen}
			data-unread={isUnread || undefined}
			onPointerMove={point}
			onClick={choose}
		>
			{children}
		</div>
	)
}

function Entry({ goal: { room, title, unread, calls, isOwn, isArchived } }: { goal: Goal }) {
	const name = room.replace('@', '')
	const aside = isArchived ? 'archived' : isOwn || room.startsWith('@') ? '' : 'not joined'
	return (
		<>
			<Sign room={room} />
			<span class="switcher-title" dir="auto">
				{title}
			</span>
			{title !== name && !isNotebook(room) && <span class="switcher-aside">{name}</span>}
			{aside !== '' && <span class="switcher-aside">{aside}</span>}
			{unread > 0 && (
				<span class={calls > 0 ? 'room-link-count' : 'switcher-aside'}>
					{unread}
					<span class="unseen"> unread</span>
				</span>
			)}
		</>
	)
}

function Sign({ room }: { room: string }) {
	if (isNotebook(room)) return <Icon of={NotebookPen} size={16} />
	if (room.startsWith('@')) return <PresenceDot state={presenceOf(room.slice(1))} />
	return <Icon of={roomNamed(room)?.visibility === 'private' ? Lock : Hash} size={16} />
}

/** One's own rooms, those that one may join, and everybody. */
function goals(open: readonly RoomAnswer[]): Goal[] {
	const own = rooms.value.map((room) => ({
		room: room.room,
		title: titleOf(room),
		isOwn: true,
		unread: room.unread,
		calls: callsIn(room),
		isArchived: room.archived,
	}))
	const known = new Set(own.map(({ room }) => room))
	const others = open.map((room) => ({ room: room.room, title: titleOf(room), isArchived: room.archived }))
	const people = peopleToWriteTo().map(({ name }) => ({
		room: `@${name}`,
		title: titleOf({ room: `@${name}`, title: '' }),
	}))
	const rest = [...others, ...people].filter(({ room }) => !known.has(room))
	const unique = new Map(rest.map((goal) => [goal.room, { ...goal, isOwn: false, unread: 0, calls: 0 }]))
	return [...own, ...unique.values()]
}
