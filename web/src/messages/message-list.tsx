import { ArrowDown, ArrowUp } from 'lucide'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { RoomState, Timeline } from '../../../src/client/browser.ts'
import { outbox, roomNamed } from '../state/chat.ts'
import { focusComposer } from '../state/composing.ts'
import { isFreeEscape, isTyping } from '../state/keys.ts'
import { say } from '../state/notices.ts'
import { type Place, visits } from '../state/place.ts'
import { changesOf, useTimeline } from '../state/timelines.ts'
import { titleOf } from '../state/unread.ts'
import { Button } from '../ui/button.tsx'
import { OutgoingRows } from './outgoing-rows.tsx'
import { isAttentive, Reading } from './reading.ts'
import { RoomBeginning } from './room-beginning.tsx'
import { RoomLost } from './room-lost.tsx'
import type { Hold } from './scroll-keeper.ts'
import { useFloor } from './use-floor.ts'
import { type ListHandle, type View, VirtualMessages } from './virtual-messages.tsx'
import './message-list.css'

/** Where one was in a room when one left it, unless at its end. */
const left = new Map<string, Hold>()

/** So long a message that a link leads to stands out. */
const targetMs = 2_500

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
		if (!timeline.atEnd) void timeline.latest()
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

/**
 * Before which message it says that all is new from there. It stays while one is here, until there is something that
 * came while nobody looked.
 */
function useNewLine(reading: Reading, state: RoomState | undefined): { from: number; isSeen: boolean } | undefined {
	const line = useRef<{ from: number; isSeen: boolean }>(undefined)
	const isFirst = useRef(true)
	const { read, unread = 0 } = state ?? {}
	if (read === undefined) return undefined
	const isNew = unread > 0 && (isFirst.current || (!isAttentive() && (line.current?.from ?? 0) <= read))
	isFirst.current = false
	if (reading.goesBack() || isNew) line.current = { from: read + 1, isSeen: false }
	return line.current
}

/** Goes to the message that the address names, each time that somebody goes there. */
function useTarget(
	{ sequence, thread }: Extract<Place, { at: 'room' }>,
	timeline: Timeline,
	list: { current: ListHandle | null },
): number | undefined {
	const [target, setTarget] = useState<number>()
	const visit = visits.value
	const wasThere = useRef(false)
	useEffect(() => {
		const isBack = sequence === undefined && thread === undefined && wasThere.current
		wasThere.current = sequence !== undefined
		if (isBack && timeline.state === 'shown') {
			if (!timeline.atEnd) void timeline.latest()
			list.current?.show('end')
		}
		if (sequence === undefined) return
		let isOver = false
		let timer: ReturnType<typeof setTimeout>
		const goThere = async () => {
			if (!timeline.messages.some((message) => message.sequence === sequence)) await timeline.around(sequence)
			if (isOver || timeline.state !== 'shown') return
			const { messages } = timeline
			const nearest = messages.find((message) => message.sequence >= sequence) ?? messages.at(-1)
			if (nearest === undefined || nearest.sequence !== sequence) say(`There is no message ${sequence} here.`)
			if (nearest === undefined) return
			list.current?.show({ sequence: nearest.sequence, place: 'middle' })
			setTarget(nearest.sequence)
			timer = setTimeout(() => setTarget(undefined), targetMs)
		}
		void goThere()
		return () => {
			isOver = true
			clearTimeout(timer)
			setTarget(undefined)
		}
	}, [sequence, visit])
	return target
}

/** Whoever has just said something wants to see it. */
function useOwnWords({ room, thread }: Extract<Place, { at: 'room' }>, toEnd: () => void): void {
	const newest = outbox.value.findLast((entry) => entry.room === room)?.key
	const last = useRef(newest)
	useEffect(() => {
		// What was said in a thread is seen there.
		if (newest !== undefined && newest !== last.current && thread === undefined) toEnd()
		last.current = newest
	}, [newest])
}

/** Escape, where it means nothing else. */
function useEscape(pressed: () => void): void {
	const latest = useRef(pressed)
	latest.current = pressed
	useEffect(() => {
		const listen = (event: KeyboardEvent) => {
			const target = event.target as Element
			const isHere = target === document.body || target.closest('.message-list, [data-focus-home]') !== null
			const isElsewhere = isTyping(target) && !target.matches('[data-focus-home]')
			if (isFreeEscape(event) && isHere && !isElsewhere) latest.current()
		}
		addEventListener('keydown', listen)
		return () => removeEventListener('keydown', listen)
	}, [])
}

/** Somebody looks at the page again. */
function useAttention(comes: () => void): void {
	const latest = useRef(comes)
	latest.current = comes
	useEffect(() => {
		const listen = () => latest.current()
		addEventListener('focus', listen)
		document.addEventListener('visibilitychange', listen)
		return () => {
			removeEventListener('focus', listen)
			document.removeEventListener('visibilitychange', listen)
		}
	}, [])
}
