import type { ComponentChildren, RefObject } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import type { Timeline } from '../../../src/client/browser.ts'
import { ListRow } from './list-row.tsx'
import { isAboutList, moveFocus, sequenceOf } from './move-focus.ts'
import { beginsDay, erasedRun, isContinued, messageAt } from './rows.ts'
import { type Hold, ScrollKeeper } from './scroll-keeper.ts'
import { useScrollingHand } from './scrolling-hand.ts'
import { ViewLoader } from './view-loader.ts'
import type { Span } from './wanted-load.ts'

/** What is on the screen. */
export interface View extends Span {
	/** The last message that is seen to its end; 0: none is. */
	lowest: number
	isAtEnd: boolean
	/** Somebody has scrolled there, by a hand that was seen to do so: a list also scrolls as its rows change their heights. */
	isScrolled: boolean
}

/** To be told where to go. */
export interface ListHandle {
	show(hold: Hold): void
	/** Where it is: what would have to be shown to come back to it. */
	where(): Hold
	/** Takes the focus from a button that goes away. */
	focus(): void
}

interface VirtualMessagesProps {
	label: string
	timeline: Timeline
	/** Another one with each change of the timeline. */
	version: number
	/** How many messages the room has. */
	count: number
	/** What is up to there is not kept any more, and not shown. */
	floor?: number
	/** Where the list begins. */
	opensAt: Hold
	handle: RefObject<ListHandle | null>
	/** The first message that is new; absent: none is. */
	newFrom?: number | undefined
	target?: number | undefined
	isPast?: boolean
	/** Whether a message has other words by now. */
	isEditedLater?: (id: string) => boolean
	/** Before the first message. */
	beginning: ComponentChildren
	/** After the last one. */
	end?: ComponentChildren
	viewed?: (view: View) => void
	/** Home and End, which mean all that there is. */
	toStart: () => void
	toEnd: () => void
}

/**
 * Of more messages only so many are in the list at once, for browsers draw nothing that is higher than some 17 million
 * pixels; it moves on where one comes to its edge.
 */
const itemsMax = 150_000
/** Where the list begins moves by so many at least, for it is made anew then. */
const baseStep = 10_000
/**
 * The list takes what it shows first for how high all are. Of so few that says nothing: one long message would make room for
 * thousands of its kind. Then they count as this high, in pixels, until they are seen.
 */
const fewItems = 20
const itemPx = 48
/** Messages are drawn that far beyond the screen, so that who scrolls fast meets no gap. */
const bufferPx = 400
/**
 * Messages of a room by their number, so that the scrollbar is that of the whole history: what is loaded as it is, and
 * a placeholder for what is not. What is on the screen is loaded.
 */
export function VirtualMessages(props: VirtualMessagesProps) {
	const { timeline, version, count, floor = 0, handle } = props
	const scroller = useRef<HTMLDivElement>(null)
	const items = useRef<VirtualizerHandle>(null)
	const hand = useScrollingHand(scroller)
	const latest = useRef(props)
	latest.current = props
	const [current, setCurrent] = useState<number>()
	const [isFollowing, setIsFollowing] = useState(false)

	const [moved, setMoved] = useState<number>()
	const lastBase = Math.ceil(Math.max(0, count - itemsMax) / baseStep) * baseStep
	const base = Math.max(floor, Math.min(moved ?? lastBase, lastBase))
	const shown = useRef({ base, count })
	shown.current = { base, count }
	const reading = useRef<Hold>(props.opensAt)

	const keeper = useMemo(
		() =>
			new ScrollKeeper({
				scroller: () => scroller.current,
				items: () => items.current,
				indexOf: (sequence) => {
					const { base, count } = shown.current
					return sequence > base && sequence <= Math.min(count, base + itemsMax) ? sequence - base - 1 : undefined
				},
				hasEnd: () => shown.current.base + itemsMax >= shown.current.count,
				isWholeFrom: (sequence) => {
					const { messages, atEnd } = latest.current.timeline
					return atEnd && (messages[0]?.sequence ?? Number.POSITIVE_INFINITY) <= sequence
				},
			}),
		[],
	)
	const loader = useMemo(
		() => new ViewLoader((isWaiting) => scroller.current?.toggleAttribute('data-waiting', isWaiting)),
		[],
	)

	/** Has as much of the history in the list before a message as after it. */
	const moveTo = (sequence: number) => setMoved(Math.max(floor, sequence - itemsMax / 2))

	/** There is nothing before the first that is kept. */
	const within = (hold: Hold): Hold =>
		hold !== 'end' && hold.sequence <= floor ? { sequence: floor + 1, place: 0 } : hold

	const show = (asked: Hold) => {
		const hold = within(asked)
		const { base, count } = shown.current
		const sequence = hold === 'end' ? count : hold.sequence
		if (sequence <= base || sequence > base + itemsMax) moveTo(sequence)
		keeper.show(hold)
		look(false)
	}

	const look = (isScrolled: boolean) => {
		const element = scroller.current
		const list = items.current
		const { count, base } = shown.current
		const { timeline, viewed } = latest.current
		if (element === null || list === null || count <= base || element.clientHeight === 0) return
		const end = element.scrollTop + element.clientHeight
		const at = (offset: number) => Math.min(count, base + 1 + list.findItemIndex(offset))
		const view = { first: at(element.scrollTop), last: at(end - 1) }
		reading.current = where()
		setIsFollowing(keeper.hold === 'end' && timeline.atEnd)
		loader.view(view, timeline, count)
		const isSeen = list.getItemOffset(view.last - base - 1) + list.getItemSize(view.last - base - 1) <= end + 4
		const lowest = messageAt(timeline, isSeen ? view.last : view.last - 1)?.sequence ?? 0
		viewed?.({ ...view, lowest, isAtEnd: keeper.isAtEnd, isScrolled: isScrolled && hand.isScrolling() })
		// At the edge of what is in the list it moves on, with what is read in its place.
		const atEdge = (view.first === base + 1 && base > floor) || (view.last === base + itemsMax && view.last < count)
		if (atEdge && isScrolled) moveTo(view.first)
	}

	const where = (): Hold => {
		if (keeper.hold !== undefined || scroller.current === null || items.current === null) return keeper.hold ?? 'end'
		const { scrollTop } = scroller.current
		const index = items.current.findItemIndex(scrollTop)
		return { sequence: shown.current.base + 1 + index, place: items.current.getItemOffset(index) - scrollTop }
	}
	handle.current = { show, where, focus: () => scroller.current?.focus({ preventScroll: true }) }

	useLayoutEffect(() => {
		show(latest.current.opensAt)
		return () => loader.stop()
	}, [])
	useLayoutEffect(() => keeper.show(within(keeper.hold ?? reading.current)), [base])
	useLayoutEffect(() => keeper.settle())
	useEffect(() => look(false), [version, count, base])
	useEffect(() => {
		// What comes after the messages grows by itself.
		const observer = new ResizeObserver(() => keeper.settle())
		const end = scroller.current?.querySelector('.message-list-end')
		if (end) observer.observe(end)
		return () => observer.disconnect()
	}, [])

	const { newFrom, target, isPast = false, isEditedLater } = props
	const data = useMemo(() => ({ length: Math.max(0, Math.min(count - base, itemsMax)) }), [count, base])
	const row = useMemo(() => {
		const at = (sequence: number) => messageAt(timeline, sequence)
		return (_: unknown, index: number) => {
			const sequence = base + 1 + index
			const message = at(sequence)
			const before = at(sequence - 1)
			const drawn = (
				<ListRow
					key={sequence}
					sequence={sequence}
					message={message}
					isContinued={message !== undefined && isContinued(before, message)}
					beginsDay={message !== undefined && (sequence === floor + 1 || beginsDay(before, message))}
					beginsNew={sequence === newFrom}
					isTarget={sequence === target}
					isPast={isPast}
					isEditedLater={message !== undefined && isEditedLater?.(message.id) === true}
					erasedRun={message && erasedRun(at, sequence)}
					isCurrent={sequence === current}
				/>
			)
			if (index > 0 || base > floor) return drawn
			return (
				<div key={sequence}>
					{latest.current.beginning}
					{drawn}
				</div>
			)
		}
	}, [timeline, version, base, floor, newFrom, target, isPast, isEditedLater, current, props.beginning])

	const itemSize = useMemo(() => (data.length < fewItems ? itemPx : undefined), [base])
	const isCurrentShown = current !== undefined && current > base && current <= count
	return (
		<div
			ref={scroller}
			class="message-scroller"
			role="log"
			aria-label={props.label}
			// Who listens hears what is new, and not what is loaded while they scroll.
			aria-live={isFollowing ? 'polite' : 'off'}
			aria-busy={timeline.state === 'loading'}
			// biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys
			tabIndex={0}
			onScroll={() => look(keeper.scrolled())}
			onFocusIn={({ target }) => setCurrent(sequenceOf(target as Element) ?? current)}
			onKeyDown={(event) => {
				if (event.key === 'Home' && isAboutList(event)) props.toStart()
				else if (event.key === 'End' && isAboutList(event)) props.toEnd()
				else if (!isAboutList(event) || !moveFocus(scroller.current as HTMLElement, event)) return
				event.preventDefault()
			}}
		>
			{data.length === 0 && timeline.state === 'shown' && props.beginning}
			{/* Also while there is nothing: so it has been measured when the first message comes, which is drawn at once then. */}
			<Virtualizer
				key={base}
				ref={items}
				data={data}
				bufferSize={bufferPx}
				itemSize={itemSize}
				keepMounted={isCurrentShown ? [current - base - 1] : undefined}
				onResize={() => {
					keeper.settle()
					look(false)
				}}
			>
				{row}
			</Virtualizer>
			<div class="message-list-end">{props.end}</div>
		</div>
	)
}
