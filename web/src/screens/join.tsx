import { useEffect, useRef, useState } from 'preact/hooks'
import type { TailroomError } from '../../../src/client/browser.ts'
import { server } from '../state/server.ts'
import { beginAnew, isSignedIn, signIn } from '../state/session.ts'
import { Button } from '../ui/button.tsx'
import { Copied } from '../ui/copied.tsx'
import { Field } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { Card } from './card.tsx'
import { NameField } from './name-field.tsx'
import { PasswordField } from './password-field.tsx'

const joinings = {
	setup: {
		title: 'Set up this server',
		hint: 'You are the first one here. The name and password that you choose are those of its owner.',
		path: '/setup',
		action: 'Become the owner',
	},
	invite: {
		title: 'You are invited',
		hint: 'Choose the name by which the others will know you, and a password.',
		path: '/invites/accept',
		action: 'Join',
	},
}

interface Account {
	user: string
	token: string
}

/** Where somebody with a code becomes somebody with an account. The code is in the link's fragment. */
export function Join({ kind }: { kind: keyof typeof joinings }) {
	const { title, hint, path, action } = joinings[kind]
	const linkedCode = useLinkedCode()
	const [isCodeShown, setIsCodeShown] = useState(false)
	/** The code works once: if it was only signing in that failed, that alone is tried again. */
	const made = useRef<Account>(undefined)
	const [joined, setJoined] = useState<Account>()
	if (joined !== undefined) return <Joined {...joined} />
	return (
		<Card title={title} hint={hint}>
			<Form
				action={action}
				send={async ({ code = linkedCode, name = '', password = '' }) => {
					try {
						const body = { code: code.trim(), name, password }
						made.current ??= await server.ask<Account>('POST', path, { body })
						await signIn(made.current.user, password)
						setJoined(made.current)
					} catch (error) {
						// A code that came with the link was not shown; one that is wrong must be there to be mended.
						const { fields = [] } = error as Partial<TailroomError>
						if (fields.some(({ field }) => field.endsWith('code'))) setIsCodeShown(true)
						throw error
					}
				}}
			>
				{(problems) => (
					<>
						{(isCodeShown || linkedCode === '') && (
							<Field
								label="Code"
								name="code"
								defaultValue={linkedCode}
								required
								maxLength={64}
								autocomplete="off"
								autocapitalize="none"
								spellcheck={false}
								hint="The end of the link that brought you here, after the #."
								problem={problems.code}
							/>
						)}
						<NameField
							hint="Letters a to z, digits, and . _ - in between. It stays yours and cannot be changed."
							problem={problems.name}
						/>
						<PasswordField autocomplete="new-password" problem={problems.password} />
					</>
				)}
			</Form>
			{kind === 'invite' && isSignedIn() && (
				<p class="card-foot">
					You are signed in here already. <a href="/">Go to the chat</a> if you want no second account.
				</p>
			)}
		</Card>
	)
}

function Joined({ user, token }: Account) {
	const hello = `curl -d 'hello' -H 'Authorization: Bearer ${token}' ${location.origin}/rooms/general/messages`
	return (
		<Card title={`You are in, ${user}`}>
			<Button kind="primary" autofocus onClick={() => beginAnew()}>
				Start chatting
			</Button>
			<details class="joined-token">
				<summary>For scripts: your token</summary>
				<p>Keep it where you keep passwords: it is shown only this once.</p>
				<Copied text={token} label="token" />
				<p>With it you can say hello from any terminal:</p>
				<Copied text={hello} label="command" />
			</details>
		</Card>
	)
}

/** The code leaves the address bar at once: neither the history nor somebody who looks on gets it. */
function useLinkedCode(): string {
	const [code, setCode] = useState(takeCode)
	useEffect(() => {
		// Another link of the same kind, opened in the same tab, changes nothing but the fragment.
		const take = () => {
			const taken = takeCode()
			if (taken !== '') setCode(taken)
		}
		addEventListener('hashchange', take)
		return () => removeEventListener('hashchange', take)
	}, [])
	return code
}

function takeCode(): string {
	const code = location.hash.slice(1)
	if (code !== '') history.replaceState(null, '', location.pathname)
	return code
}
