import { chat } from '../state/chat.ts'
import { Copied } from '../ui/copied.tsx'
import { Field } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { MadeHead, Maker } from './maker.tsx'

/** Adds an account that is a program's. */
export function NewBot({ made }: { made: () => Promise<void> }) {
	return (
		<Maker<{ user: string; token: string }>
			label="Add a bot"
			form={(done, cancel) => (
				<Form
					action="Add bot"
					more={cancel}
					send={async ({ name }) => {
						const bot = await chat.ask<{ user: string; token: string }>('POST', '/users', { name, role: 'bot' })
						await made()
						done(bot)
					}}
				>
					{(problems) => (
						<Field
							label="Name"
							name="name"
							required
							maxLength={32}
							autocomplete="off"
							autocapitalize="none"
							spellcheck={false}
							hint="A bot is an account for a program: it has tokens and hooks, and no password."
							problem={problems.name}
						/>
					)}
				</Form>
			)}
			shown={({ user, token }) => (
				<>
					<MadeHead
						title={`${user} is here`}
						hint="With this token the program acts as the bot. It is shown only this once; you make others under Tokens."
					/>
					<Copied text={token} label="token" />
				</>
			)}
		/>
	)
}
