import { useRef } from 'preact/hooks'
import { pathOf } from '../../../src/client/server.ts'
import { chat } from '../state/chat.ts'
import { Button } from '../ui/button.tsx'
import { Choice, Field } from '../ui/field.tsx'
import { useFocusAfter } from '../ui/focus-after.ts'
import { Form, type FormFields } from '../ui/form.tsx'

const hourMs = 60 * 60 * 1_000
const times = [
	['1', 'An hour'],
	['24', 'A day'],
	['168', 'A week'],
	['720', '30 days'],
	['', 'For good'],
] as const

interface SanctionFormProps {
	room: string
	kind: 'bans' | 'mutes'
	/** Whom. Absent: it is asked. */
	person?: string
	done: (person: string) => unknown
	cancel: () => void
}

/** For how long somebody is kept out of a room, or silent in it, and why. */
export function SanctionForm({ room, kind, person, done, cancel }: SanctionFormProps) {
	const whole = useRef<HTMLDivElement>(null)
	useFocusAfter(whole, 'li, section')
	const send = async ({ name = '', hours = '', reason = '' }: FormFields) => {
		const whom = person ?? name.trim().toLowerCase().replace(/^@/, '')
		const until = hours === '' ? {} : { untilMs: Date.now() + Number(hours) * hourMs }
		await chat.ask('PUT', pathOf(room, kind, whom), { ...until, reason: reason.trim() })
		await done(whom)
	}
	return (
		<div ref={whole}>
			<Form
				action={kind === 'bans' ? 'Ban' : 'Mute'}
				kind="danger"
				send={send}
				more={<Button onClick={cancel}>Cancel</Button>}
			>
				{(problems) => (
					<>
						{person === undefined && (
							<Field
								label="Whom"
								name="name"
								required
								placeholder="Name"
								autocomplete="off"
								autocapitalize="none"
								spellcheck={false}
								autofocus
								problem={problems.user}
							/>
						)}
						<Choice label="For how long" name="hours" defaultValue="24" options={times} hint={null} />
						<Field
							label="Why"
							name="reason"
							maxLength={512}
							autocomplete="off"
							hint={kind === 'bans' ? 'Other moderators read it.' : 'They read it when they try to write.'}
							problem={problems.reason}
						/>
					</>
				)}
			</Form>
		</div>
	)
}
