import { chat } from '../state/chat.ts'
import { Copied } from '../ui/copied.tsx'
import { Field } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { RoomChoice, Tick } from './choices.tsx'
import { MadeHead, Maker } from './maker.tsx'
import type { Webhook } from './webhooks.tsx'
import type { Whose } from './whose.tsx'

interface NewWebhookProps {
	whose: Whose
	made: () => Promise<void>
}

/** Makes a webhook, and shows by which secret it signs. */
export function NewWebhook({ whose, made }: NewWebhookProps) {
	const whom = whose.bot ?? 'you'
	return (
		<Maker<Webhook & { secret: string }>
			label="New webhook"
			form={(done, cancel) => (
				<Form
					action="Make webhook"
					more={cancel}
					send={async ({ url, name, room, filter = '', replies }) => {
						const only = { ...(room && { room }), ...(filter.trim() && { filter }) }
						const body = { url, name, ...only, ...(replies && { replies: true }), ...whose.body }
						const webhook = await chat.ask<Webhook & { secret: string }>('POST', '/webhooks', body)
						await made()
						done(webhook)
					}}
				>
					{(problems) => (
						<>
							<Field
								label="Address"
								name="url"
								type="url"
								required
								maxLength={2_048}
								placeholder="https://bot.example.org/hear"
								hint="What happens is posted there as JSON, from now on."
								problem={problems.url}
							/>
							<Field
								label="What it is for"
								name="name"
								maxLength={128}
								autocomplete="off"
								problem={problems.name ?? problems.label}
							/>
							<RoomChoice label="Room" all={`All that ${whom === 'you' ? 'you belong' : `${whom} belongs`} to`} />
							<Field
								label="Only what fits"
								name="filter"
								maxLength={1_000}
								autocomplete="off"
								spellcheck={false}
								placeholder='type == "message" && content.contains("deploy")'
								hint={
									<>
										A condition, such as <code>type == "message"</code>. Empty: all that happens.
									</>
								}
								problem={problems.filter}
							/>
							<Tick
								name="replies"
								label="Its answers are said"
								hint={`What it answers to a post is said in the room as a reply, by ${whom}.`}
							/>
						</>
					)}
				</Form>
			)}
			shown={({ secret }) => (
				<>
					<MadeHead
						title="Your new webhook"
						hint="Each post is signed by this secret, as Standard Webhooks has it. It is shown only this once."
					/>
					<Copied text={secret} label="secret" />
				</>
			)}
		/>
	)
}
