import { chat, me, takeProfile } from '../state/chat.ts'
import { orSay, say } from '../state/notices.ts'
import { beginAnew, forgetSession, signOut } from '../state/session.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { Erasing } from './erasing.tsx'
import { Part } from './part.tsx'
import { PasswordChange } from './password-change.tsx'
import { roleWords } from './roles.ts'

/** Oneself. */
export function Profile() {
	const { name = '', displayName = '', role = 'member' } = me.value ?? {}
	return (
		<>
			<div class="whoami">
				<Avatar name={name} called={displayName} />
				<p>
					<strong>{displayName}</strong>
					<span>
						{displayName === name ? '' : `${name} · `}
						{roleWords[role]}
					</span>
				</p>
				<Button onClick={() => void orSay(signOut())}>Sign out</Button>
			</div>
			<Part
				title="Name"
				hint={`You sign in and are mentioned as ${name}; that never changes. How you are shown is up to you.`}
			>
				<Form
					action="Save name"
					send={async ({ displayName }) => {
						takeProfile(await chat.ask('PATCH', '/users/me', { displayName }))
						say('Your name is saved.')
					}}
				>
					{(problems) => (
						<Field
							label="Display name"
							name="displayName"
							defaultValue={displayName === name ? '' : displayName}
							placeholder={name}
							maxLength={64}
							autocomplete="name"
							hint="Leave it empty to be shown by your name."
							problem={problems.displayName}
						/>
					)}
				</Form>
			</Part>
			<PasswordChange />
			<Part
				title="Erase your account"
				hint="This takes away who you are here: your name, password, sessions, tokens, hooks and memberships. Nobody can undo it, and nobody gets your name again."
			>
				<details class="more">
					<summary>I want to erase my account</summary>
					<Erasing
						name={name}
						isOwn
						erased={async () => {
							forgetSession()
							beginAnew()
						}}
					/>
				</details>
			</Part>
		</>
	)
}
