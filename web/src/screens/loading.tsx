import { chat, isOpen, status } from '../state/chat.ts'
import { inWords } from '../state/problems.ts'
import { isUnreachable } from '../state/session.ts'
import { Button } from '../ui/button.tsx'
import { Card } from './card.tsx'

/** Until it is known who one is. Said only when it takes long enough to wonder. */
export function Loading() {
	const { state, problem } = status.value
	if (state !== 'offline' && !isUnreachable.value) {
		return (
			<main class="card-screen" aria-busy="true" aria-label="Tailroom">
				<img class="loading-mark" src="/icons/icon.svg" alt="" width="44" height="44" />
			</main>
		)
	}
	return (
		<Card title="No connection" hint="The server does not answer. It is tried again and again.">
			<p role="status">{problem && inWords(problem.message)}</p>
			{isOpen.value && (
				<div class="card-actions">
					<Button kind="primary" onClick={() => chat.reconnect()}>
						Try now
					</Button>
				</div>
			)}
		</Card>
	)
}
