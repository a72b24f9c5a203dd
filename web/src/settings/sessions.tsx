import { chat } from '../state/chat.ts'
import { orSay } from '../state/notices.ts'
import { beginAnew, forgetSession, signOut } from '../state/session.ts'
import { Button } from '../ui/button.tsx'
import { timeAgo, wholeTime } from '../ui/time.ts'
import { agentWords } from './agent.ts'
import { Answered, useAsked } from './asked.tsx'
import { askFirst } from './asking.ts'
import { Thing, Things } from './things.tsx'

interface Session {
	id: string
	current: boolean
	/** Where from, and by what; empty where that was erased. */
	address: string
	agent: string
	openedAtMs: number
	lastUsedAtMs: number
	expiresAtMs: number
}

/** Where one is signed in. */
export function Sessions() {
	const asked = useAsked<{ sessions: Session[] }>('/sessions')
	const end = async (id: string) => {
		await chat.ask('DELETE', `/sessions/${id}`)
		await asked.again()
	}
	return (
		<Answered asked={asked}>
			{({ sessions }) => (
				<>
					<Things label="Sessions" none="You are signed in nowhere." of={sessions.toSorted(byUse)}>
						{({ id, current, address, agent, openedAtMs, lastUsedAtMs }) => (
							<Thing
								key={id}
								title={agentWords(agent)}
								mark={current ? 'This one' : undefined}
								markKind="good"
								facts={[
									current ? undefined : `Last used ${timeAgo(lastUsedAtMs)}`,
									`Opened ${wholeTime(openedAtMs)}`,
									address && `from ${address}`,
								]}
							>
								<Button
									aria-label={current ? 'Sign out here' : `Sign out ${agentWords(agent)}`}
									onClick={() => void orSay(current ? signOut() : end(id))}
								>
									Sign out
								</Button>
							</Thing>
						)}
					</Things>
					<div>
						<Button
							kind="danger"
							onClick={() =>
								askFirst({
									title: 'Sign out everywhere?',
									hint: 'Every browser is signed out, this one too. Tokens, hooks and webhooks go on.',
									action: 'Sign out everywhere',
									path: '/sessions',
									after: async () => {
										forgetSession()
										beginAnew()
									},
								})
							}
						>
							Sign out everywhere
						</Button>
					</div>
				</>
			)}
		</Answered>
	)
}

/** This one, then what was used last. */
function byUse(one: Session, other: Session): number {
	return Number(other.current) - Number(one.current) || other.lastUsedAtMs - one.lastUsedAtMs
}
