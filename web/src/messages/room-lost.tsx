import type { TailroomError } from '../../../src/client/browser.ts'
import { Button } from '../ui/button.tsx'
import { useFreeFocus } from '../ui/free-focus.ts'
import { whyNot } from './why-not.ts'

/** In place of the messages where they are not to be had. */
export function RoomLost({
	room,
	problem,
	again,
}: {
	room: string
	problem: TailroomError | undefined
	again: () => void
}) {
	const isGone = problem === undefined || problem.code === 'not_found'
	const isPerson = room.startsWith('@')
	const name = isPerson ? room.slice(1) : `#${room}`
	const gone = isPerson
		? { title: `There is no ${name} here`, hint: 'Nobody has this name, or nobody has it any more.' }
		: {
				title: `There is no ${name} for you`,
				hint: 'It does not exist, or you do not belong to it any more. Somebody who is in it can add you.',
			}
	return (
		<section ref={useFreeFocus()} class="room-lost" tabIndex={-1} data-focus-home>
			<h2>{isGone ? gone.title : `${name} cannot be shown`}</h2>
			<p>{isGone ? gone.hint : whyNot(problem, '')}</p>
			<p class="room-lost-actions">
				<Button onClick={again}>Try again</Button>
				<a class="button primary" href="/chat/general">
					Go to #general
				</a>
			</p>
		</section>
	)
}
