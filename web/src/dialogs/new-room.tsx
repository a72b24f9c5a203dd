import { useState } from 'preact/hooks'
import { TailroomError } from '../../../src/client/browser.ts'
import { pathOf } from '../../../src/client/server.ts'
import { visibilityHint, visibilityOptions } from '../room-settings/visibility.ts'
import { chat } from '../state/chat.ts'
import { dialog } from '../state/layers.ts'
import { say } from '../state/notices.ts'
import { visit } from '../state/recent-rooms.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Choice, Field } from '../ui/field.tsx'
import { Form, type FormFields } from '../ui/form.tsx'
import { slugOf } from './slug.ts'

/** Opens a room, and goes there. */
export default function NewRoom({ close }: { close: () => void }) {
	const [title, setTitle] = useState('')
	/** Undefined as long as the name follows from the title. */
	const [typedName, setTypedName] = useState<string>()
	const [visibility, setVisibility] = useState('open')
	const name = typedName ?? slugOf(title)
	const open = async ({ topic = '' }: FormFields) => {
		const mine = dialog.peek()
		await checkIsFree(name)
		const called = title.trim() === '' ? {} : { title: title.trim() }
		await chat.ask('PUT', pathOf(name), { ...called, topic: topic.trim(), visibility })
		// Who has closed it meanwhile is doing something else.
		if (dialog.peek() === mine) visit(name)
		else say(`The room ${name} is open.`)
	}
	return (
		<Dialog title="New room" close={close}>
			<Form action="Open the room" send={open}>
				{(problems) => (
					<>
						<Field
							label="Title"
							value={title}
							maxLength={128}
							placeholder="Summer party"
							autocomplete="off"
							autofocus
							problem={problems.title}
							onInput={(event) => setTitle((event.currentTarget as HTMLInputElement).value)}
						/>
						<Field
							label="Name"
							value={name}
							required
							maxLength={64}
							pattern="[a-z0-9][a-z0-9._\-]*"
							title="Small letters a to z, digits, and . _ - in between"
							autocomplete="off"
							autocapitalize="none"
							spellcheck={false}
							problem={problems.name ?? problems.room}
							hint="Its address. Small letters a to z, digits, and . _ - in between. It stays as it is."
							onInput={(event) => setTypedName((event.currentTarget as HTMLInputElement).value || undefined)}
						/>
						<Field
							label="Topic"
							name="topic"
							maxLength={1_024}
							placeholder="What it is about"
							autocomplete="off"
							problem={problems.topic}
						/>
						<Choice
							label="Who can come in"
							value={visibility}
							options={visibilityOptions}
							hint={visibilityHint(visibility)}
							onChange={(event) => setVisibility((event.currentTarget as HTMLSelectElement).value)}
						/>
					</>
				)}
			</Form>
		</Dialog>
	)
}

/** Who opens a room that is there already would change it. */
async function checkIsFree(name: string): Promise<void> {
	const rooms = await chat.browse()
	if (!rooms.some(({ room }) => room === name)) return
	const problem = 'There is a room of that name. Choose another one.'
	throw new TailroomError('malformed', 'No room was opened.', { fields: [{ field: 'name', problem }] })
}
