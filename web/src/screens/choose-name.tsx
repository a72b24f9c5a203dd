import { useState } from 'preact/hooks'
import { setGuestName } from '../state/guest.ts'
import { beginAnew } from '../state/session.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { Card } from './card.tsx'
import { SignIn } from './sign-in.tsx'

/** Where guests are let in, one needs no more than a name. */
export function ChooseName() {
	const [hasAccount, setHasAccount] = useState(false)
	if (hasAccount) return <SignIn />
	return (
		<Card title="Come in" hint="Guests are welcome here. Under which name do you want to talk?">
			<Form
				action="Come in"
				send={async ({ name = '' }) => {
					setGuestName(name.trim().toLowerCase())
					beginAnew(location.pathname)
				}}
				more={
					<Button kind="quiet" onClick={() => setHasAccount(true)}>
						I have an account
					</Button>
				}
			>
				<Field
					label="Name"
					name="name"
					required
					maxLength={32}
					pattern="\s*[a-zA-Z0-9][a-zA-Z0-9._\-]*\s*"
					title="Letters a to z, digits, and . _ - in between"
					autocomplete="username"
					autocapitalize="none"
					spellcheck={false}
					autofocus
					hint="Letters a to z, digits, and . _ - in between."
				/>
			</Form>
		</Card>
	)
}
