import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { isOpen } from '../state/chat.ts'
import { beginAnew, forgetSession, signIn, welcome } from '../state/session.ts'
import { Button } from '../ui/button.tsx'
import { Form } from '../ui/form.tsx'
import { Card } from './card.tsx'
import { NameField } from './name-field.tsx'
import { PasswordField } from './password-field.tsx'

/**
 * Where somebody with an account says who they are. The address stays: what it leads to opens then. `asGuest` leads back
 * to where none is needed; absent: there is no such place.
 */
export function SignIn({ asGuest }: { asGuest?: () => void }) {
	useEffect(forgetSession, [])
	if (welcome.value?.hasOwner === false) {
		return (
			<Card
				title="This server is new"
				hint="To become its owner, open the link that it printed where it was started: it ends in a code that works once."
			/>
		)
	}
	const hint = 'You were signed out here. Sign in, and you are back where you were.'
	return (
		<Card title="Sign in" hint={isOpen.value && hint}>
			<SignInForm
				signedIn={() => beginAnew(location.pathname + location.search)}
				more={
					asGuest && (
						<Button kind="quiet" onClick={asGuest}>
							Come in as a guest
						</Button>
					)
				}
			/>
			<p class="card-foot">No account yet? Ask whoever runs this server for an invitation.</p>
		</Card>
	)
}

interface SignInFormProps {
	signedIn: () => void
	/** Another button. */
	more?: ComponentChildren
}

export function SignInForm({ signedIn, more }: SignInFormProps) {
	return (
		<Form
			action="Sign in"
			more={more}
			send={async ({ name = '', password = '' }) => {
				await signIn(name, password)
				signedIn()
			}}
		>
			{(problems) => (
				<>
					<NameField problem={problems.name} />
					<PasswordField autocomplete="current-password" problem={problems.password} />
				</>
			)}
		</Form>
	)
}
