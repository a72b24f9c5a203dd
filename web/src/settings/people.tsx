import { useState } from 'preact/hooks'
import { me } from '../state/chat.ts'
import type { Person } from '../state/people.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { Answered, useAsked } from './asked.tsx'
import { NewBot } from './new-bot.tsx'
import { PersonDialog } from './person-dialog.tsx'
import { roleWords } from './roles.ts'
import { Thing, Things } from './things.tsx'

/** More are found by their names. */
const shownMax = 100

/** All accounts. */
export function People() {
	const asked = useAsked<{ users: Person[] }>('/users')
	const [sought, setSought] = useState('')
	const [open, setOpen] = useState<string>()
	return (
		<>
			<NewBot made={asked.again} />
			<Answered asked={asked}>
				{({ users }) => {
					const found = users.filter((user) => fits(user, sought))
					const changed = users.find(({ name }) => name === open)
					return (
						<>
							<Field
								label="Find"
								type="search"
								placeholder="A name"
								onInput={(event) => setSought((event.target as HTMLInputElement).value)}
								hint={`${found.length} ${found.length === 1 ? 'account' : 'accounts'}`}
							/>
							<Things label="People" none="Nobody is called so." of={found.slice(0, shownMax)}>
								{(user) => <PersonLine key={user.name} user={user} change={() => setOpen(user.name)} />}
							</Things>
							{found.length > shownMax && <p class="settings-hint">Type a name to find the others.</p>}
							{changed && <PersonDialog user={changed} changed={asked.again} close={() => setOpen(undefined)} />}
						</>
					)
				}}
			</Answered>
		</>
	)
}

function PersonLine({ user, change }: { user: Person; change: () => void }) {
	const { name, displayName, role, active } = user
	const isMe = name === me.value?.name
	return (
		<Thing
			picture={<Avatar name={name} called={displayName} />}
			title={displayName}
			mark={active ? (isMe ? 'You' : undefined) : 'Deactivated'}
			markKind={active ? 'good' : 'wrong'}
			facts={[displayName === name ? undefined : name, roleWords[role]]}
		>
			{isMe ? (
				<a class="button" href="/settings/profile">
					Profile
				</a>
			) : (
				mayChange(user) && (
					<Button aria-label={`Change ${name}`} onClick={change}>
						Change
					</Button>
				)
			)}
		</Thing>
	)
}

/** Owners change everybody, administrators members and bots. */
function mayChange({ role }: Person): boolean {
	return me.value?.role === 'owner' || role === 'member' || role === 'bot'
}

function fits({ name, displayName }: Person, sought: string): boolean {
	const word = sought.trim().toLowerCase()
	return name.includes(word) || displayName.toLowerCase().includes(word)
}
