import { notice } from '../state/notices.ts'
import './notice.css'

/** Says for a moment what has just happened. */
export function Notice() {
	return (
		<div class="notice" aria-live="polite">
			{notice.value?.text}
		</div>
	)
}
