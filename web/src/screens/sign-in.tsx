import { useEffect } from 'preact/hooks'
import { beginAnew, forgetSession, signIn, welcome } from '../state/session.ts'
import { Field } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { Card } from './card.tsx'
import { PasswordField } from './password-field.tsx'

/** Where somebody with an account says who they are. */
export function SignIn() {
	useEffect(forgetSession, [])
	if (welcome.value?.hasOwner === false) {
		return (
			<Card
				title="This server is new"
				hint="To become its owner, open the link that it printed where it was started: it ends in a code that works once."
			/>
		)
	}
	return (
		<Card title="Sign in">
			<Form
				action="Sign in"
				send={async ({ name = '', password = '' }) => {
					await signIn(name, password)
					beginAnew(location.pathname + location.search)
				}}
			>
				{(problems) => (
					<>
						<Field
							label="Name"
							name="name"
							required
							maxLength={32}
							autocomplete="username"
							autocapitalize="none"
							spellcheck={false}
							autofocus
							problem={problems.name}
						/>
						<PasswordField autocomplete="current-password" problem={problems.password} />
					</>
				)}
			</Form>
			<p class="card-hint">No account yet? Ask for an invitation whoever runs this server.</p>
		</Card>
	)
}
