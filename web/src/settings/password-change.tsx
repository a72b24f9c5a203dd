import { useState } from 'preact/hooks'
import { PasswordField, WhosePassword } from '../screens/password-field.tsx'
import { chat, me } from '../state/chat.ts'
import { say } from '../state/notices.ts'
import { renewSession } from '../state/session.ts'
import { Form } from '../ui/form.tsx'
import { Part } from './part.tsx'

/** One's own password. */
export function PasswordChange() {
	const [count, setCount] = useState(0)
	return (
		<Part
			title="Password"
			hint="A new password signs you out everywhere else, and ends all your tokens, hooks and webhooks."
		>
			<Form
				// Afterwards nothing is left of either password.
				key={count}
				action="Change password"
				send={async ({ currentPassword, password }) => {
					await renewSession(async () => {
						await chat.ask('PATCH', '/users/me', { currentPassword, password })
						chat.reconnect()
					})
					setCount(count + 1)
					say('Your password is changed.')
				}}
			>
				{(problems) => (
					<>
						<WhosePassword name={me.value?.name} />
						<PasswordField
							label="Current password"
							name="currentPassword"
							autocomplete="current-password"
							problem={problems.currentPassword}
						/>
						<PasswordField label="New password" autocomplete="new-password" problem={problems.password} />
					</>
				)}
			</Form>
		</Part>
	)
}
