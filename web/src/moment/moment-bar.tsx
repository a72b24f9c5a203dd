import { ChevronLeft, ChevronRight, History } from 'lucide'
import { useEffect, useRef } from 'preact/hooks'
import type { Member } from '../../../src/protocol/answers.ts'
import { displayNameOf } from '../state/people.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { wholeTime } from '../ui/time.ts'

interface MomentBarProps {
	/** How many messages there are by now. */
	newest: number
	/** How many there were at the moment; undefined until that is known. */
	sequence: number | undefined
	/** When it was, in Unix milliseconds; undefined: before the first message, or not known. */
	timestamp: number | undefined
	/** What had just happened. */
	said: string | undefined
	/** Who belonged to the room; undefined: it is a conversation, or not known yet. */
	members: readonly Member[] | undefined
	drag: (sequence: number) => void
	step: (forward: boolean) => void
	leave: () => void
}

/** So many names are said. */
const namesMax = 12

/** Which moment of a room is shown, and how one comes to others. */
export function MomentBar(props: MomentBarProps) {
	const { newest, sequence, timestamp, said, members, drag, step, leave } = props
	const slider = useRef<HTMLInputElement>(null)
	useEffect(() => slider.current?.focus(), [])
	const when =
		timestamp !== undefined ? wholeTime(timestamp) : sequence === undefined ? '…' : 'Before the first message'
	const howFar = sequence === undefined ? '' : `${sequence.toLocaleString()} of ${newest.toLocaleString()} messages`
	return (
		<section class="moment-bar" aria-label="Time travel">
			<p class="moment-when">
				<Icon of={History} size={16} />
				<strong>{when}</strong>
				<span>{said ?? howFar}</span>
			</p>
			<div class="moment-controls">
				<IconButton icon={ChevronLeft} label="One step back" onClick={() => step(false)} />
				<input
					ref={slider}
					type="range"
					aria-label="Position in time"
					aria-valuetext={sequence === undefined ? when : `${when}, ${howFar}`}
					min={0}
					max={newest}
					value={sequence ?? newest}
					onInput={({ currentTarget }) => drag(Number(currentTarget.value))}
				/>
				<IconButton icon={ChevronRight} label="One step forward" onClick={() => step(true)} />
			</div>
			<Button kind="primary" onClick={leave}>
				Back to now
			</Button>
			{members && <p class="moment-members">Members then: {namesOf(members)}</p>}
		</section>
	)
}

function namesOf(members: readonly Member[]): string {
	if (members.length === 0) return 'nobody yet'
	const names = members.slice(0, namesMax).map(({ userId }) => displayNameOf(userId))
	return members.length <= namesMax ? names.join(', ') : `${names.join(', ')} and ${members.length - namesMax} more`
}
