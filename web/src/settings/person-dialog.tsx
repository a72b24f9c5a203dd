import { PasswordField, WhosePassword } from '../screens/password-field.tsx'
import { chat, me } from '../state/chat.ts'
import { orSay, say } from '../state/notices.ts'
import type { Person } from '../state/people.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Choice } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { askFirst } from './asking.ts'
import { Erasing } from './erasing.tsx'
import { roleWords } from './roles.ts'

interface PersonDialogProps {
	user: Person
	/** Shows how it is afterwards. */
	changed: () => Promise<void>
	close: () => void
}

/** What an administrator does about somebody. */
export function PersonDialog({ user, changed, close }: PersonDialogProps) {
	const { name, role, active } = user
	const isBot = role === 'bot'
	return (
		<Dialog title={name} hint={active ? roleWords[role] : `${roleWords[role]}, deactivated`} close={close}>
			{me.value?.role === 'owner' && !isBot && <RoleForm user={user} changed={changed} />}
			<div class="dialog-actions">
				{active ? (
					<Button onClick={() => deactivate(user, changed)}>Deactivate</Button>
				) : (
					<Button onClick={() => orSay(chat.ask('PATCH', pathOf(name), { active: true }).then(changed))}>
						Activate
					</Button>
				)}
				{!isBot && active && <Button onClick={() => signOutEverywhere(name)}>Sign out everywhere</Button>}
			</div>
			{!isBot && <PasswordReset name={name} />}
			<details class="more">
				<summary>Erase {name}</summary>
				<p class="settings-hint">
					This takes away who they are: name, password, sessions, tokens, hooks and memberships. Nobody can undo it.
				</p>
				<Erasing
					name={name}
					erased={async () => {
						await changed()
						close()
						say(`${name} is erased.`)
					}}
				/>
			</details>
		</Dialog>
	)
}

function RoleForm({ user: { name, role }, changed }: { user: Person; changed: () => Promise<void> }) {
	return (
		<Form
			action="Change role"
			send={async ({ role }) => {
				await chat.ask('PATCH', pathOf(name), { role })
				await changed()
				say(`${name} has another role now.`)
			}}
		>
			<Choice
				label="Role"
				name="role"
				defaultValue={role}
				hint="Administrators invite people, change accounts of members and bots, and read the audit. Owners change everybody."
				options={[
					['member', roleWords.member],
					['admin', roleWords.admin],
					['owner', roleWords.owner],
				]}
			/>
		</Form>
	)
}

function PasswordReset({ name }: { name: string }) {
	return (
		<details class="more">
			<summary>Give {name} a new password</summary>
			<p class="settings-hint">
				It ends all their sessions, tokens, hooks and webhooks. That it was you who did it stands in the audit.
			</p>
			<Form
				action="Set password"
				kind="danger"
				send={async ({ password }) => {
					await chat.ask('PATCH', pathOf(name), { password })
					say(`${name} has a new password. Tell it to them in a safe way.`)
				}}
			>
				{(problems) => (
					<>
						<WhosePassword name={name} />
						<PasswordField label="New password" autocomplete="new-password" problem={problems.password} />
					</>
				)}
			</Form>
		</details>
	)
}

function deactivate({ name, role }: Person, changed: () => Promise<void>): void {
	askFirst({
		title: `Deactivate ${name}?`,
		hint: `${role === 'bot' ? 'It' : 'They'} cannot come in until activated again. Sessions and tokens end now; hooks and webhooks end for good. What was said stays.`,
		action: 'Deactivate',
		path: pathOf(name),
		method: 'PATCH',
		body: { active: false },
		after: changed,
	})
}

function signOutEverywhere(name: string): void {
	askFirst({
		title: `Sign ${name} out everywhere?`,
		hint: 'They have to sign in again in every browser. Tokens, hooks and webhooks go on.',
		action: 'Sign out everywhere',
		path: `${pathOf(name)}/sessions`,
		after: async () => say(`${name} is signed out.`),
	})
}

function pathOf(name: string): string {
	return `/users/${encodeURIComponent(name)}`
}
