import { ArrowDown, ArrowUp } from 'lucide'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { RoomState, Timeline } from '../../../src/client/browser.ts'
import { roomNamed, status } from '../state/chat.ts'
import { focusComposer } from '../state/composing.ts'
import type { Place } from '../state/place.ts'
import { changesOf, useTimeline } from '../state/timelines.ts'
import { titleOf } from '../state/unread.ts'
import { Button } from '../ui/button.tsx'
import { useAttention, useEdited, useEscape, useOwnWords } from './list-events.ts'
import { OutgoingRows } from './outgoing-rows.tsx'
import { Reading } from './reading.ts'
import { RoomBeginning } from './room-beginning.tsx'
import { RoomLost } from './room-lost.tsx'
import type { Hold } from './scroll-keeper.ts'
import { useFloor } from './use-floor.ts'
import { useNewLine } from './use-new-line.ts'
import { useTarget } from './use-target.ts'
import { type ListHandle, type View, VirtualMessages } from './virtual-messages.tsx'
import './message-list.css'

/** Where one was in a room when one left it, unless at its end. */
const left = new Map<string, Hold>()

/** What is said in a room, oldest first. */
export function MessageList({ place }: { place: Extract<Place, { at: 'room' }> }) {
	const { room } = place
	const timeline = useTimeline(room)
	const state = roomNamed(room)
	const list = useRef<ListHandle>(null)
	const [reading] = useState(() => new Reading(room))
	const [opensAt] = useState(() => placeToOpen(place, state))
	const [view, setView] = useState<View>()
	const line = useNewLine(reading, state)
	const target = useTarget(place, timeline, list)
	const count = Math.max(state?.sequence ?? 0, lastOf(timeline))
	const floor = useFloor(room, timeline, count)

	const toEnd = () => {
		// Where one wanted to go before is not gone to any more.
		if (!timeline.atEnd || timeline.isPending) void timeline.latest()
		list.current?.show('end')
	}
	const readAll = () => {
		reading.readAll()
		toEnd()
		focusComposer()
	}
	useEffect(() => {
		if (timeline.state === 'lost') void timeline.latest()
		else if (opensAt === 'end' && !timeline.atEnd && timeline.state === 'shown') void timeline.latest()
		return () => {
			const where = list.current?.where()
			if (where === undefined || where === 'end') left.delete(room)
			else left.set(room, where)
		}
	}, [])
	useOwnWords(place, toEnd)
	useEdited(timeline, view, (sequence) => list.current?.show({ sequence, place: 'middle' }))
	useEscape(readAll)
	useAttention(() => view && reading.viewed({ ...view, isScrolled: false }))

	const isEmpty = count === 0
	const beginning = useMemo(() => <RoomBeginning room={room} floor={floor} isEmpty={isEmpty} />, [room, floor, isEmpty])
	if (timeline.state === 'lost') {
		return <RoomLost room={room} problem={timeline.problem} again={() => void timeline.latest()} />
	}
	const unread = state?.unread ?? 0
	const isLineAbove = line !== undefined && view !== undefined && line.from < view.first && !line.isSeen
	if (line !== undefined && view !== undefined && view.first <= line.from && line.from <= view.last) line.isSeen = true
	return (
		<div class="message-list">
			{timeline.state === 'loading' && timeline.messages.length === 0 && status.value.state === 'offline' && (
				<p class="message-list-waits">What was said here is shown when there is a connection.</p>
			)}
			<VirtualMessages
				label={titleOf(state ?? { room, title: '' })}
				timeline={timeline}
				version={changesOf(room)}
				// What comes behind the last one that is known has to be asked for.
				count={count + (state === undefined && !timeline.atEnd && timeline.messages.length > 0 ? 1 : 0)}
				floor={floor}
				opensAt={opensAt}
				handle={list}
				newFrom={line?.from}
				target={target}
				beginning={beginning}
				end={<OutgoingRows room={room} />}
				viewed={(next) => {
					reading.viewed(next)
					setView((last) => (isSameView(last, next) ? last : next))
				}}
				toStart={() => list.current?.show({ sequence: floor + 1, place: 0 })}
				toEnd={toEnd}
			/>
			{isLineAbove && (
				<div class="jump up">
					<Button
						icon={ArrowUp}
						onClick={() => {
							list.current?.show({ sequence: line.from, place: 'upper' })
							list.current?.focus()
						}}
					>
						Jump to first unread
					</Button>
				</div>
			)}
			{view !== undefined && !view.isAtEnd && count - view.last > 0 && (
				<div class="jump down">
					<Button
						icon={ArrowDown}
						onClick={() => {
							toEnd()
							list.current?.focus()
						}}
					>
						Jump to latest{unread > 0 && ` (${unread} new)`}
					</Button>
				</div>
			)}
		</div>
	)
}

/** At a message that the address names, at what is new, or where one was. */
function placeToOpen({ room, sequence }: Extract<Place, { at: 'room' }>, state: RoomState | undefined): Hold {
	if (sequence !== undefined) return { sequence: Math.max(1, sequence), place: 'middle' }
	if (state !== undefined && state.unread > 0) return { sequence: (state.read ?? 0) + 1, place: 'upper' }
	return left.get(room) ?? 'end'
}

function lastOf({ messages }: Timeline): number {
	return messages.at(-1)?.sequence ?? 0
}

function isSameView(one: View | undefined, other: View): boolean {
	return (
		one?.first === other.first &&
		one.last === other.last &&
		one.isAtEnd === other.isAtEnd &&
		one.lowest === other.lowest
	)
}
