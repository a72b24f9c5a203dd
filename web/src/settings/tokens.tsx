import { Button } from '../ui/button.tsx'
import { timeAgo, wholeTime } from '../ui/time.ts'
import { Answered, useAsked } from './asked.tsx'
import { askFirst } from './asking.ts'
import { NewToken } from './new-token.tsx'
import { Thing, Things } from './things.tsx'
import { useWhose } from './whose.tsx'

export type Scope = 'read' | 'write' | 'full'

interface Token {
	id: string
	/** What it is for. */
	name: string
	scope: Scope
	/** The only ones that it opens; absent: all. */
	rooms?: string[]
	createdAtMs?: number
	lastUsedAtMs?: number
	expiresAtMs?: number
}

const scopeWords: Readonly<Record<Scope, string>> = { read: 'Reads', write: 'Reads and writes', full: 'All you may' }

/** What lets programs in without a password. */
export function Tokens() {
	const whose = useWhose()
	const asked = useAsked<{ tokens: Token[] }>(`/tokens${whose.query}`)
	return (
		<>
			{whose.choice}
			<NewToken key={whose.bot} whose={whose} made={asked.again} />
			<Answered asked={asked}>
				{({ tokens }) => (
					<Things label="Tokens" none="No tokens yet." of={tokens.toReversed()}>
						{(token) => (
							<Thing key={token.id} title={token.name || 'Without a name'} facts={factsOf(token, whose.bot)}>
								<Button
									kind="danger"
									aria-label={`Revoke ${token.name || 'the token without a name'}`}
									onClick={() =>
										askFirst({
											title: `Revoke ${token.name || 'this token'}?`,
											hint: 'Whatever uses it is shut out at once. There is no way to take that back.',
											action: 'Revoke',
											path: `/tokens/${token.id}`,
											after: asked.again,
										})
									}
								>
									Revoke
								</Button>
							</Thing>
						)}
					</Things>
				)}
			</Answered>
		</>
	)
}

function factsOf({ scope, rooms, createdAtMs, lastUsedAtMs, expiresAtMs }: Token, bot: string | undefined) {
	const isOver = expiresAtMs !== undefined && expiresAtMs < Date.now()
	return [
		bot !== undefined && scope === 'full' ? `All that ${bot} may` : scopeWords[scope],
		rooms && (rooms.length === 0 ? 'in rooms you do not see' : `in ${rooms.map((room) => `#${room}`).join(', ')}`),
		lastUsedAtMs === undefined ? 'Never used' : `Last used ${timeAgo(lastUsedAtMs)}`,
		createdAtMs && `Made ${timeAgo(createdAtMs)}`,
		expiresAtMs && `${isOver ? 'Ended' : 'Ends'} ${wholeTime(expiresAtMs)}`,
	].map((fact) => fact || undefined)
}
