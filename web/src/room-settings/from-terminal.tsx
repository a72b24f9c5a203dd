import { isGuest } from '../state/rights.ts'
import { Copied } from '../ui/copied.tsx'

/** The room's address for who comes with curl. */
export function FromTerminal({ room }: { room: string }) {
	const curl = isGuest() ? 'curl' : 'curl -H "Authorization: Bearer $TOKEN"'
	const address = `${location.origin}/rooms/${room}`
	return (
		<section>
			<h3>From a terminal</h3>
			{!isGuest() && (
				<p>
					<code>$TOKEN</code> is a token of yours, from the settings.
				</p>
			)}
			<p>Post:</p>
			<Copied label="the line that posts" text={`${curl} -d 'hello' ${address}/messages`} />
			<p>Follow:</p>
			<Copied label="the line that follows" text={`${curl} -N -H 'Accept: text/plain' '${address}/events?tail=10'`} />
		</section>
	)
}
