import type { ShownMessage } from '../../../src/client/browser.ts'
import { Avatar } from '../ui/avatar.tsx'
import { clockTime } from '../ui/time.ts'
import './message-row.css'

interface MessageRowProps {
	message: ShownMessage
	/** It goes on where the same person has just spoken: without their name again. */
	isContinued: boolean
}

/** A message, with what is done with it. */
export function MessageRow({ message: { sender, timestamp, content }, isContinued }: MessageRowProps) {
	return (
		<article class="message" data-continued={isContinued || undefined}>
			<Avatar name={sender} />
			<div class="message-body">
				<header>
					<strong>{sender}</strong>
					<time dateTime={new Date(timestamp).toISOString()}>{clockTime(timestamp)}</time>
				</header>
				<p dir="auto">{content}</p>
			</div>
		</article>
	)
}
