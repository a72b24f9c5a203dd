import type { PresenceState } from '../../../src/client/browser.ts'
import './presence-dot.css'

/** Whether somebody is here, beside their name. */
export function PresenceDot({ state }: { state: PresenceState }) {
	return (
		<span class="presence-dot" data-state={state}>
			<span class="unseen">{state}</span>
		</span>
	)
}
