import { useRef } from 'preact/hooks'
import type { ReactionList, ShownMessage } from '../../../src/client/browser.ts'
import { me } from '../state/chat.ts'
import { displayNameOf } from '../state/people.ts'
import { useFocusHeir } from './focus-heir.ts'
import { reactionsTo, toggleReaction } from './reacting.ts'
import './reactions.css'

interface ReactionsProps {
	message: ShownMessage
	/** It is only shown. */
	isPast: boolean
}

/** What people think of a message, each a button to join them. */
export function Reactions({ message, isPast }: ReactionsProps) {
	const shown = reactionsTo(message)
	if (shown.length === 0) return null
	return (
		<div class="reactions">
			{shown.map((list) => (
				<Reaction key={list.emoji} message={message} list={list} isPast={isPast} />
			))}
		</div>
	)
}

function Reaction({ message, list: { emoji, users }, isPast }: ReactionsProps & { list: ReactionList }) {
	const button = useRef<HTMLButtonElement>(null)
	useFocusHeir(button)
	const who = namesOf(users, me.value?.name ?? '')
	return (
		<button
			ref={button}
			type="button"
			disabled={isPast}
			aria-pressed={users.includes(me.value?.name ?? '')}
			aria-label={`${emoji} ${users.length}, ${who}`}
			title={who}
			onClick={() => toggleReaction(message, emoji)}
		>
			<span>{emoji}</span> {users.length}
		</button>
	)
}

/** So many are named; of others it is said how many they are. */
const namedMax = 8

/** `you, bob and 3 others`. */
function namesOf(users: readonly string[], me: string): string {
	const all = [...(users.includes(me) ? ['you'] : []), ...users.filter((user) => user !== me).map(displayNameOf)]
	const left = all.length - namedMax
	const named = left > 1 ? [...all.slice(0, namedMax), `${left} others`] : all
	return named.length === 1 ? (named[0] as string) : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`
}
