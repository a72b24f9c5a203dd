import type { TailroomError } from '../../../src/client/browser.ts'
import { Button } from '../ui/button.tsx'

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
	const isGone = problem === undefined || /^(not_found|forbidden)$/.test(problem.code)
	const name = room.startsWith('@') ? room.slice(1) : `#${room}`
	return (
		<section class="room-lost">
			<h2>{isGone ? `There is no ${name} for you` : `${name} cannot be shown`}</h2>
			<p>
				{isGone
					? 'It does not exist, or you do not belong to it any more. Somebody who is in it can add you.'
					: problem.message}
			</p>
			<p class="room-lost-actions">
				<Button onClick={again}>Try again</Button>
				<a class="button primary" href="/chat/general">
					Go to #general
				</a>
			</p>
		</section>
	)
}
