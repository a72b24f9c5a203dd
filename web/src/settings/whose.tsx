import { useState } from 'preact/hooks'
import type { Person } from '../state/people.ts'
import { isAdministrator } from '../state/rights.ts'
import { Choice } from '../ui/field.tsx'
import { useAsked } from './asked.tsx'

/** Whose things are shown and made: one's own, or those of a bot that one administers. */
export interface Whose {
	/** The bot; undefined: oneself. */
	bot: string | undefined
	/** For the addresses of what is listed. */
	query: string
	/** For the bodies of what is made. */
	body: { user?: string }
	choice: preact.ComponentChildren
}

export function useWhose(): Whose {
	const [bot, setBot] = useState('')
	const choice = isAdministrator() && <BotChoice bot={bot} chosen={setBot} />
	if (bot === '') return { bot: undefined, query: '', body: {}, choice }
	return { bot, query: `?user=${encodeURIComponent(bot)}`, body: { user: bot }, choice }
}

/** Nothing where there are no bots. */
function BotChoice({ bot, chosen }: { bot: string; chosen: (bot: string) => void }) {
	const users = useAsked<{ users: Person[] }>('/users').answer?.users ?? []
	const bots = users.filter(({ role, active }) => role === 'bot' && active)
	if (bots.length === 0) return null
	return (
		<Choice
			label="For"
			value={bot}
			onChange={(event) => chosen((event.target as HTMLSelectElement).value)}
			options={[['', 'Me'], ...bots.map(({ name }) => [name, `The bot ${name}`] as const)]}
		/>
	)
}
