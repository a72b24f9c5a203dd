import { useFreeFocus } from '../ui/free-focus.ts'
import { Card } from './card.tsx'

/** In place of everything else where the address is none of the app. */
export function Nowhere() {
	return (
		<Card title="There is nothing at this address" hint="Perhaps it was cut off, or mistyped.">
			<div class="card-actions">
				<a ref={useFreeFocus<HTMLAnchorElement>()} class="button primary" href="/">
					Go to the rooms
				</a>
			</div>
		</Card>
	)
}
