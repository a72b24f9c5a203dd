import { status } from '../state/chat.ts'
import { Card } from './card.tsx'

/** Until it is known who one is. Said only when it takes long enough to wonder. */
export function Loading() {
	const { state, problem } = status.value
	if (state !== 'offline') return <main class="card-screen" aria-busy="true" aria-label="Tailroom" />
	return (
		<Card title="No connection">
			<p role="status">{problem?.message} It is tried again and again.</p>
		</Card>
	)
}
