import { CornerUpLeft } from 'lucide'
import type { ShownMessage } from '../../../src/client/browser.ts'
import { threadAddress } from '../panels/open-thread.ts'
import { writerOf } from '../state/people.ts'
import { wordsOf } from '../text/words.ts'
import { Icon } from '../ui/icon.tsx'
import { answered } from './answered.ts'
import './reply-context.css'

/** More of the message that was answered is in its thread. */
const wordsMax = 140

/** What a message answers, as a link to the thread. */
export function ReplyContext({ room, id }: { room: string; id: string }) {
	const message = answered(room, id).value
	return (
		<a class="reply-context" href={threadAddress(room, id)}>
			<Icon of={CornerUpLeft} size={13} />
			{message ? (
				<span class="reply-context-words" dir="auto">
					<b>{writerOf(message)}</b>: {saidIn(message)}
				</span>
			) : (
				<span>{message === null ? 'A message that is not there any more' : 'An earlier message'}</span>
			)}
		</a>
	)
}

function saidIn({ content, erased }: ShownMessage): string {
	return erased === undefined ? wordsOf(content).slice(0, wordsMax) : 'deleted message'
}
