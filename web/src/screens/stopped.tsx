import type { TailroomError } from '../../../src/client/browser.ts'
import { Button } from '../ui/button.tsx'
import { Card } from './card.tsx'

/** The server does not want this page any more, or cannot go on. */
export function Stopped({ problem }: { problem: TailroomError | undefined }) {
	return (
		<Card title="This is where it ends">
			<p role="status">{problem?.message ?? 'The connection was closed.'}</p>
			<Button kind="primary" onClick={() => location.reload()}>
				Try again
			</Button>
		</Card>
	)
}
