import { useState } from 'preact/hooks'
import type { WholeRoom } from '../../../src/client/browser.ts'
import { pathOf } from '../../../src/client/server.ts'
import { chat } from '../state/chat.ts'
import { say } from '../state/notices.ts'
import { Choice, Field } from '../ui/field.tsx'
import { Form, type FormFields } from '../ui/form.tsx'
import { visibilityHint, visibilityOptions } from './visibility.ts'

/** What a room is called and about, and who can come in. */
export function About({ room: { room, ...shown }, isMine }: { room: WholeRoom; isMine: boolean }) {
	const [visibility, setVisibility] = useState<string>(shown.visibility)
	if (!isMine) {
		return (
			<section>
				<dl>
					<dt>Name</dt>
					<dd>{room}</dd>
					<dt>Topic</dt>
					<dd dir="auto">{shown.topic || 'none'}</dd>
					<dt>Who can come in</dt>
					<dd>{visibilityHint(shown.visibility)}</dd>
					<dt>Members</dt>
					<dd>{shown.memberCount}</dd>
				</dl>
			</section>
		)
	}
	const save = async ({ title = '', topic = '' }: FormFields) => {
		await chat.ask('PUT', pathOf(room), { title: title.trim(), topic: topic.trim(), visibility })
		say('The room is changed.')
	}
	return (
		<section>
			<Form action="Save" send={save}>
				{(problems) => (
					<>
						<div class="room-settings-two">
							<Field
								label="Title"
								name="title"
								defaultValue={shown.title}
								required
								maxLength={128}
								autocomplete="off"
								hint={`Its name, ${room}, stays.`}
								problem={problems.title}
							/>
							<Choice
								label="Who can come in"
								value={visibility}
								options={visibilityOptions}
								hint={visibilityHint(visibility)}
								onChange={(event) => setVisibility((event.currentTarget as HTMLSelectElement).value)}
							/>
						</div>
						<Field
							label="Topic"
							name="topic"
							defaultValue={shown.topic}
							maxLength={1_024}
							autocomplete="off"
							problem={problems.topic}
						/>
					</>
				)}
			</Form>
		</section>
	)
}
