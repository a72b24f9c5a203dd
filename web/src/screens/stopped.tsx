import type { TailroomError } from '../../../src/client/browser.ts'
import { setGuestName } from '../state/guest.ts'
import { inWords } from '../state/problems.ts'
import { Button } from '../ui/button.tsx'
import { Card } from './card.tsx'

/** The server does not want this page any more, or cannot go on. */
export function Stopped({ problem }: { problem: TailroomError | undefined }) {
	// A guest's name that belongs to an account now.
	const isNameTaken = problem?.code === 'name_taken'
	const again = () => {
		if (isNameTaken) setGuestName(undefined)
		location.reload()
	}
	return (
		<Card title={isNameTaken ? 'This name is taken' : 'This cannot go on'}>
			<p role="status">{problem ? inWords(problem.message) : 'The connection was closed.'}</p>
			<div class="card-actions">
				<Button kind="primary" autofocus onClick={again}>
					{isNameTaken ? 'Choose another name' : 'Try again'}
				</Button>
			</div>
		</Card>
	)
}
