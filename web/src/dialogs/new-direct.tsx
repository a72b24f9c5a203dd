import { useEffect, useState } from 'preact/hooks'
import { me, presenceOf } from '../state/chat.ts'
import { askForPeople, people, peopleToWriteTo } from '../state/people.ts'
import { visit } from '../state/recent-rooms.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { PresenceDot } from '../ui/presence-dot.tsx'
import './new-direct.css'

/** So many are listed; of more, one types a few letters. */
const shownMax = 100

/** Chooses whom to write to. */
export default function NewDirect({ close }: { close: () => void }) {
	const [filter, setFilter] = useState('')
	useEffect(() => {
		void askForPeople()
	}, [])
	const wanted = filter.trim().toLowerCase().replace(/^@/, '')
	const found = peopleToWriteTo().filter(({ name, displayName }) => {
		return `${name} ${displayName}`.toLowerCase().includes(wanted)
	})
	const [first] = found
	return (
		<Dialog title="Write to somebody" hint="Only the two of you can read it." close={close}>
			<form
				onSubmit={(event) => {
					event.preventDefault()
					if (first !== undefined) visit(`@${first.name}`)
				}}
			>
				<Field
					label="To"
					type="search"
					value={filter}
					placeholder="Name"
					autocomplete="off"
					autocapitalize="none"
					spellcheck={false}
					autofocus
					onInput={(event) => setFilter((event.currentTarget as HTMLInputElement).value)}
				/>
			</form>
			<ul class="new-direct" aria-label="People">
				{found.slice(0, shownMax).map(({ name, displayName, role }) => (
					<li key={name}>
						<button type="button" onClick={() => visit(`@${name}`)}>
							<Avatar name={name} called={displayName} size="small" />
							<span dir="auto">{name === me.value?.name ? `${displayName} (you)` : displayName}</span>
							{displayName !== name && <small>{name}</small>}
							{role === 'bot' && <small>bot</small>}
							<PresenceDot state={presenceOf(name)} />
						</button>
					</li>
				))}
				{found.length === 0 && people.value.size > 0 && <li class="new-direct-none">Nobody is called so.</li>}
				{found.length > shownMax && <li class="new-direct-none">Type a name to find the others.</li>}
			</ul>
		</Dialog>
	)
}
