import { me } from '../state/chat.ts'
import { Button } from '../ui/button.tsx'
import { wholeTime } from '../ui/time.ts'
import { Answered, useAsked } from './asked.tsx'
import { askFirst } from './asking.ts'
import { NewInvitation } from './new-invitation.tsx'
import { type Role, roleWords } from './roles.ts'
import { Thing, Things } from './things.tsx'

export interface Invitation {
	id: string
	role: Role
	/** Besides those that everybody belongs to. */
	rooms: string[]
	/** Who invites. */
	by: string
	expiresAtMs: number
}

/** Links by which people get an account. */
export function Invitations() {
	const asked = useAsked<{ invites: Invitation[] }>('/invites')
	return (
		<>
			<NewInvitation made={asked.again} />
			<Answered asked={asked}>
				{({ invites }) => (
					<Things label="Invitations" none="No invitation is open." of={invites.toReversed()}>
						{({ id, role, rooms, by, expiresAtMs }) => (
							<Thing
								key={id}
								title={`For one ${roleWords[role].toLowerCase()}`}
								facts={[
									by === me.value?.name ? 'By you' : `By ${by}`,
									rooms.length === 0 ? undefined : `into ${rooms.map((room) => `#${room}`).join(', ')}`,
									`Ends ${wholeTime(expiresAtMs)}`,
								]}
							>
								<Button
									kind="danger"
									aria-label={`Revoke the invitation that ends ${wholeTime(expiresAtMs)}`}
									onClick={() =>
										askFirst({
											title: 'Revoke this invitation?',
											hint: 'Its link opens nothing any more.',
											action: 'Revoke',
											path: `/invites/${id}`,
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
