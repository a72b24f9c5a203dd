import { signal } from '@preact/signals'
import { useId, useLayoutEffect } from 'preact/hooks'
import { notice } from '../state/notices.ts'
import './notice.css'

/** Where notices can be said, the one in front last. */
const places = signal<readonly string[]>([])

/** Says for a moment what has just happened. What is behind a dialog is neither seen well nor read out, so a dialog has its own. */
export function Notice() {
	const place = useId()
	useLayoutEffect(() => {
		places.value = [...places.peek(), place]
		return () => {
			places.value = places.peek().filter((other) => other !== place)
		}
	}, [])
	const isInFront = places.value.at(-1) === place
	return (
		<div class="notice" aria-live="polite">
			{isInFront && notice.value?.text}
		</div>
	)
}
