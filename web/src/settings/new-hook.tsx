import { chat } from '../state/chat.ts'
import { Copied } from '../ui/copied.tsx'
import { Field } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { RoomChoice, Tick } from './choices.tsx'
import type { Hook } from './hooks.tsx'
import { MadeHead, Maker } from './maker.tsx'
import type { Whose } from './whose.tsx'

interface NewHookProps {
	whose: Whose
	made: () => Promise<void>
}

/** Makes a hook, and shows how it is used. */
export function NewHook({ whose, made }: NewHookProps) {
	return (
		<Maker<Hook & { secret: string }>
			label="New hook"
			form={(done, cancel) => (
				<Form
					action="Make hook"
					more={cancel}
					send={async ({ room, name, secretInUrl }) => {
						const body = { room, name, ...(secretInUrl && { secretInUrl: true }), ...whose.body }
						const hook = await chat.ask<Hook & { secret: string }>('POST', '/hooks', body)
						await made()
						done(hook)
					}}
				>
					{(problems) => (
						<>
							<Field
								label="What it is for"
								name="name"
								required
								maxLength={128}
								autocomplete="off"
								placeholder="alerts of production"
								hint={`What comes in is said as ${whose.bot ?? 'you'}.`}
								problem={problems.name ?? problems.label}
							/>
							<RoomChoice label="Room" />
							<Tick
								name="secretInUrl"
								label="The secret is part of the address"
								hint="For programs that take an address and nothing else. Whoever sees that address can use it."
							/>
						</>
					)}
				</Form>
			)}
			shown={({ url, secret, secretInUrl }) => (
				<>
					<MadeHead
						title="Your new hook"
						hint="Its secret is shown only this once. Give both to the program that sends."
					/>
					<p>Address</p>
					<Copied text={url} label="address" />
					<p>Secret</p>
					<Copied text={secret} label="secret" />
					<p>Try it from any terminal:</p>
					<Copied
						text={`curl ${secretInUrl ? '' : `-u :${secret} `}-d 'It works.' -H 'Title: Hello' ${url}`}
						label="command"
					/>
				</>
			)}
		/>
	)
}
