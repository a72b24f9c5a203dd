import type { FoundMessage } from '../../../src/client/browser.ts'
import { roomNamed } from '../state/chat.ts'
import { isPhone } from '../state/device.ts'
import { panel } from '../state/layers.ts'
import { displayNameOf } from '../state/people.ts'
import { addressOf, place } from '../state/place.ts'
import { titleOf } from '../state/unread.ts'
import { clockTime, dayName } from '../ui/time.ts'
import { excerptOf } from './excerpt.ts'

/** A message that was found, and the way to it. */
export function FoundLink({ message }: { message: FoundMessage }) {
	const { room, sequence, sender, timestamp, content, highlights } = message
	const here = place.value
	const isHere = here.at === 'room' && here.room === room && here.sequence === sequence
	return (
		<li>
			<a
				class="found"
				href={addressOf(room, { sequence })}
				aria-current={isHere ? 'true' : undefined}
				onClick={() => {
					// On a phone it would stay in front of what one wants to see.
					if (isPhone()) panel.value = undefined
				}}
			>
				<span class="found-head">
					<strong>
						<bdi>{displayNameOf(sender)}</bdi>
					</strong>{' '}
					<span>
						<bdi>{titleOf(roomNamed(room) ?? { room, title: '' })}</bdi> · {dayName(timestamp)} {clockTime(timestamp)}
					</span>
				</span>
				<span class="found-text" dir="auto">
					{excerptOf(content, highlights).map(({ text, isFound, at }) =>
						isFound ? <mark key={at}>{text}</mark> : text,
					)}
				</span>
			</a>
		</li>
	)
}
