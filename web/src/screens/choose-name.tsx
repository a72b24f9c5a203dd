import { useState } from 'preact/hooks'
import { Server } from '../../../src/client/server.ts'
import { setGuestName } from '../state/guest.ts'
import { beginAnew } from '../state/session.ts'
import { Button } from '../ui/button.tsx'
import { Form } from '../ui/form.tsx'
import { Card } from './card.tsx'
import { NameField } from './name-field.tsx'
import { SignIn } from './sign-in.tsx'

/** Where guests are let in, one needs no more than a name. */
export function ChooseName() {
	const [hasAccount, setHasAccount] = useState(false)
	if (hasAccount) return <SignIn asGuest={() => setHasAccount(false)} />
	return (
		<Card title="Come in" hint="Guests are welcome here. Under which name do you want to talk?">
			<GuestNameForm
				action="Come in"
				taken={() => beginAnew(location.pathname + location.search)}
				more={
					<Button kind="quiet" onClick={() => setHasAccount(true)}>
						I have an account
					</Button>
				}
			/>
		</Card>
	)
}

interface GuestNameFormProps {
	action: string
	/** One is called so from now on. */
	taken: () => void
	more?: preact.ComponentChildren
}

/** A name for who has no account; one that is somebody's is refused here, and not on the way in. */
export function GuestNameForm({ action, taken, more }: GuestNameFormProps) {
	return (
		<Form
			action={action}
			more={more}
			send={async ({ name = '' }) => {
				const guest = name.trim().toLowerCase()
				await new Server({ url: location.origin, guest }).ask('GET', '/presence')
				setGuestName(guest)
				taken()
			}}
		>
			{(problems) => (
				<NameField
					pattern="\s*[a-zA-Z0-9][a-zA-Z0-9._\-]*\s*"
					title="Letters a to z, digits, and . _ - in between"
					hint="Letters a to z, digits, and . _ - in between."
					problem={problems['Tailroom-User']}
				/>
			)}
		</Form>
	)
}
