import { useRef, useState } from 'preact/hooks'
import { pathOf } from '../../../src/client/server.ts'
import { chat } from '../state/chat.ts'
import { say } from '../state/notices.ts'
import { displayNameOf, peopleToWriteTo } from '../state/people.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { useFocusAfter } from '../ui/focus-after.ts'
import { Form } from '../ui/form.tsx'

/** So many are offered. */
const offeredMax = 6

interface AddMemberProps {
	room: string
	/** Who is in it already. */
	belongs: ReadonlySet<string>
	close: () => void
}

/** Lets somebody into a room. */
export function AddMember({ room, belongs, close }: AddMemberProps) {
	const whole = useRef<HTMLDivElement>(null)
	useFocusAfter(whole, '.panel-body')
	const [name, setName] = useState('')
	const wanted = name.trim().toLowerCase().replace(/^@/, '')
	const offered = peopleToWriteTo().filter((person) => {
		return !belongs.has(person.name) && `${person.name} ${person.displayName}`.toLowerCase().includes(wanted)
	})
	const add = async (whom: string) => {
		await chat.ask('PUT', pathOf(room, 'members', whom), {})
		say(`${displayNameOf(whom)} is in the room now.`)
		close()
	}
	return (
		<div class="add-member" ref={whole}>
			<Form
				action="Add"
				send={() => add(offered.some((person) => person.name === wanted) ? wanted : (offered[0]?.name ?? wanted))}
				more={<Button onClick={close}>Cancel</Button>}
			>
				{(problems) => (
					<>
						<Field
							label="Whom to add"
							value={name}
							placeholder="Name"
							autocomplete="off"
							autocapitalize="none"
							spellcheck={false}
							autofocus
							problem={problems.user}
							onInput={(event) => setName((event.currentTarget as HTMLInputElement).value)}
						/>
						<ul aria-label="People to add">
							{offered.slice(0, offeredMax).map((person) => (
								<li key={person.name}>
									<Button kind="quiet" onClick={() => setName(person.name)}>
										<span dir="auto">{person.displayName}</span>
										{person.displayName !== person.name && <small>{person.name}</small>}
									</Button>
								</li>
							))}
						</ul>
					</>
				)}
			</Form>
		</div>
	)
}
