import { status } from '../state/chat.ts'
import { displayNameOf } from '../state/people.ts'
import { useTyping } from '../state/typing.ts'

/** Who is typing just now. Nobody is told aloud: it comes and goes too often. */
export function TypingLine({ room }: { room: string }) {
	const names = useTyping(room)
	if (names.length === 0 || status.value.state !== 'live') return null
	return (
		<span class="typing">
			<span class="typing-dots" aria-hidden="true">
				<i />
				<i />
				<i />
			</span>
			{wordsFor(names.map(displayNameOf))}
		</span>
	)
}

function wordsFor([first = '', second, ...others]: readonly string[]): string {
	if (second === undefined) return `${first} is typing`
	return others.length === 0 ? `${first} and ${second} are typing` : 'Several people are typing'
}
