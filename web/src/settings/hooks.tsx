import { Button } from '../ui/button.tsx'
import { timeAgo } from '../ui/time.ts'
import { Answered, useAsked } from './asked.tsx'
import { askFirst } from './asking.ts'
import { HookManual } from './hook-manual.tsx'
import { NewHook } from './new-hook.tsx'
import { Thing, Things } from './things.tsx'
import { useWhose } from './whose.tsx'

export interface Hook {
	id: string
	/** Where it is sent to; without the secret, also where that belongs into it. */
	url: string
	/** Absent: one that one does not see. */
	room?: string
	/** What it is for. */
	name: string
	secretInUrl: boolean
	createdAtMs?: number
	lastUsedAtMs?: number
}

/** By which other programs say something. */
export function Hooks() {
	const whose = useWhose()
	const asked = useAsked<{ hooks: Hook[] }>(`/hooks${whose.query}`)
	return (
		<>
			{whose.choice}
			<NewHook key={whose.bot} whose={whose} made={asked.again} />
			<Answered asked={asked}>
				{({ hooks }) => (
					<Things label="Hooks" none="No hooks yet." of={hooks.toReversed()}>
						{({ id, url, room, name, secretInUrl, lastUsedAtMs, createdAtMs }) => (
							<Thing
								key={id}
								title={name || 'Without a name'}
								facts={[
									room === undefined ? 'in a room you do not see' : `in #${room}`,
									lastUsedAtMs === undefined ? 'Never used' : `Last used ${timeAgo(lastUsedAtMs)}`,
									createdAtMs === undefined ? undefined : `Made ${timeAgo(createdAtMs)}`,
									secretInUrl ? 'Its secret is in its address' : url,
								]}
							>
								<Button
									kind="danger"
									aria-label={`Delete ${name || 'the hook without a name'}`}
									onClick={() =>
										askFirst({
											title: `Delete ${name || 'this hook'}?`,
											hint: 'What is sent there is refused from then on, and its secret is erased. What it has said stays.',
											action: 'Delete',
											path: `/hooks/${id}`,
											after: asked.again,
										})
									}
								>
									Delete
								</Button>
							</Thing>
						)}
					</Things>
				)}
			</Answered>
			<HookManual />
		</>
	)
}
