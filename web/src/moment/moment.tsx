import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { pathOf } from '../../../src/client/server.ts'
import type { History } from '../../../src/protocol/answers.ts'
import type { Frame } from '../../../src/protocol/frames.ts'
import { RoomBeginning } from '../messages/room-beginning.tsx'
import { RoomLost } from '../messages/room-lost.tsx'
import { useFloor } from '../messages/use-floor.ts'
import { type ListHandle, type View, VirtualMessages } from '../messages/virtual-messages.tsx'
import { chat, roomNamed } from '../state/chat.ts'
import { focusComposer } from '../state/composing.ts'
import { isFreeEscape } from '../state/keys.ts'
import { orSay, say } from '../state/notices.ts'
import { addressOf, go, type Place } from '../state/place.ts'
import { titleOf } from '../state/unread.ts'
import { MomentBar } from './moment-bar.tsx'
import { Past } from './past.ts'
import { positionOfMessage, saidOf, sequenceOf, stepBack, stepForward } from './steps.ts'
import './moment.css'

interface Asked {
	position: () => number | Promise<number>
	/** What happened there, if it was looked for. */
	frame?: Frame
}

/** The address follows when it stands still: browsers take only so many changes of it. */
const addressMs = 300

/** A room as it was. */
export default function Moment({ place }: { place: Extract<Place, { at: 'room' }> & { moment: number } }) {
	const { room, moment } = place
	const [version, setVersion] = useState(0)
	const past = useMemo(() => new Past(room, () => setVersion((version) => version + 1)), [room])
	const [newest, setNewest] = useState<number>()
	const [frame, setFrame] = useState<Frame>()
	/** Where the slider is while it is dragged; otherwise where the moment is. */
	const [dragged, setDragged] = useState<number>()
	const latest = useRef(place)
	latest.current = place
	const list = useRef<ListHandle>(null)
	const view = useRef<View>(undefined)
	const wanted = useRef<Asked | undefined>(undefined)
	/** Settles when it is where was asked for last. */
	const going = useRef<Promise<void>>(undefined)
	/** Settles with the step that was asked for last. */
	const steps = useRef(Promise.resolve())
	const isLeft = useRef(false)
	const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
	/** What the address says, as far as it has been seen, or was written here. */
	const addressed = useRef<number>(undefined)

	/** One after the other, and what was asked for last in the end. */
	const travel = (asked: Asked): Promise<void> => {
		wanted.current = asked
		going.current ??= goOn()
		return going.current
	}
	const goOn = async () => {
		for (let next = wanted.current; next !== undefined; next = wanted.current) {
			wanted.current = undefined
			await orSay(arrive(next))
		}
		going.current = undefined
		// Who has left meanwhile is not brought back.
		if (isLeft.current) return
		setDragged(undefined)
		clearTimeout(timer.current)
		timer.current = setTimeout(() => {
			const { thread } = latest.current
			addressed.current = past.position
			go(addressOf(room, { moment: past.position, thread }), { replace: true })
		}, addressMs)
	}
	const arrive = async ({ position, frame }: Asked) => {
		const there = await position()
		const sequence = frame && sequenceOf(frame, past.timeline.messages)
		const isAtEnd = list.current === null || list.current.where() === 'end'
		const middle = view.current && (view.current.first + view.current.last) >> 1
		// A message that something is done to is brought to the screen, unless it is there.
		const isHere =
			sequence === undefined || (view.current && view.current.first <= sequence && sequence <= view.current.last)
		await past.go(there, isHere ? (isAtEnd ? undefined : middle) : sequence)
		setFrame(frame)
		if (!isHere && sequence !== undefined && sequence <= (past.count ?? 0))
			list.current?.show({ sequence, place: 'middle' })
	}

	useEffect(() => {
		// What was written here leads nowhere: meanwhile somebody may have gone on.
		if (moment === addressed.current) return
		addressed.current = moment
		if (moment !== past.position) void travel({ position: () => moment })
	}, [moment])
	useEffect(() => {
		const asked = chat.ask<History>('GET', `${pathOf(room, 'messages')}?limit=1`)
		asked.then(
			({ messages }) => setNewest(messages.at(-1)?.sequence ?? 0),
			() => {},
		)
		return () => {
			isLeft.current = true
			clearTimeout(timer.current)
		}
	}, [room])

	const leave = () => {
		go(addressOf(room))
		// What had the focus goes with the past.
		requestAnimationFrame(focusComposer)
	}
	useEffect(() => {
		const listen = (event: KeyboardEvent) => {
			if (isFreeEscape(event)) leave()
		}
		addEventListener('keydown', listen)
		return () => removeEventListener('keydown', listen)
	}, [room])

	const { timeline, count = 0 } = past
	const floor = useFloor(room, timeline, count)
	const isEmpty = count === 0
	const beginning = useMemo(() => <RoomBeginning room={room} floor={floor} isEmpty={isEmpty} />, [room, floor, isEmpty])
	/** Each of several that are asked for at once is done. */
	const step = (forward: boolean) => {
		steps.current = steps.current.then(() => stepOnce(forward))
	}
	const stepOnce = async (forward: boolean) => {
		await going.current
		if (isLeft.current) return
		const asked = forward ? stepForward(room, past.position) : stepBack(room, past.position, past.count ?? 0)
		const found = await orSay(asked.then((frame) => ({ frame })))
		if (found === undefined) return
		const { frame } = found
		if (frame !== undefined) return travel({ position: () => frame.position, frame })
		say(forward ? 'Nothing has happened here since.' : 'Nothing had happened here before.')
	}
	if (timeline.state === 'lost') {
		const { problem } = timeline
		const again = () => (problem?.isTemporary ? void travel({ position: () => moment }) : leave())
		return <RoomLost room={room} problem={problem} again={again} />
	}
	const last = timeline.atEnd ? timeline.messages.at(-1) : undefined
	return (
		<>
			<MomentBar
				newest={Math.max(newest ?? 0, count)}
				sequence={dragged ?? past.count}
				timestamp={frame?.timestamp ?? last?.timestamp}
				said={frame && saidOf(frame)}
				members={room.startsWith('@') ? undefined : past.members}
				drag={(sequence) => {
					setDragged(sequence)
					void travel({ position: () => positionOfMessage(room, sequence) })
				}}
				step={step}
				leave={leave}
			/>
			<div class="message-list past">
				<VirtualMessages
					label={`${titleOf(roomNamed(room) ?? { room, title: '' })}, as it was`}
					timeline={timeline}
					version={version}
					count={count}
					floor={floor}
					opensAt="end"
					handle={list}
					isPast
					target={frame && sequenceOf(frame, timeline.messages)}
					isEditedLater={past.isEditedLater}
					beginning={beginning}
					end={
						timeline.messages.some(({ erased }) => erased) && (
							<p class="past-hint">Deleted messages stay deleted, also in the past.</p>
						)
					}
					viewed={(seen) => {
						view.current = seen
					}}
					toStart={() => list.current?.show({ sequence: floor + 1, place: 0 })}
					toEnd={() => list.current?.show('end')}
				/>
			</div>
		</>
	)
}
