import { outbox, status } from '../state/chat.ts'
import './banner.css'

/** How the connection stands, in plain words; nothing is shown while all is well. */
export function Banner() {
	const { state, problem } = status.value
	const waiting = outbox.value.filter(({ state }) => state === 'waiting').length
	const kept = waiting === 0 ? 'What you write is kept, and sent then.' : `${messages(waiting)} will be sent then.`
	const said = {
		connecting: '',
		'catching-up': 'Catching up …',
		live: '',
		offline: `No connection. ${problem?.code === 'unreachable' ? '' : (problem?.message ?? '')} Trying again. ${kept}`,
		stopped: problem?.message ?? '',
	}[state]
	return (
		<div class="banner" role="status" data-state={state}>
			{said === '' ? <span class="unseen">{state === 'live' ? 'Connected' : 'Connecting …'}</span> : said}
		</div>
	)
}

function messages(count: number): string {
	return count === 1 ? 'Your message' : `Your ${count} messages`
}
