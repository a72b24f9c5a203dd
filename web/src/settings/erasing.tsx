import { TailroomError } from '../../../src/client/browser.ts'
import { chat } from '../state/chat.ts'
import { Field } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { OneOf } from './choices.tsx'

interface ErasingProps {
	/** Who is erased. */
	name: string
	isOwn?: boolean
	erased: () => Promise<unknown>
}

/** Erases somebody for good: whoever does it types the name, and says what becomes of what was written. */
export function Erasing({ name, isOwn = false, erased }: ErasingProps) {
	const who = isOwn ? 'you' : 'they'
	return (
		<Form
			action={isOwn ? 'Erase my account' : `Erase ${name}`}
			kind="danger"
			send={async ({ typed = '', written }) => {
				if (typed.trim().toLowerCase() !== name) {
					const problem = `This is not ${name}.`
					throw new TailroomError('malformed', 'Nothing was erased.', { fields: [{ field: 'typed', problem }] })
				}
				await chat.ask('DELETE', `/users/${encodeURIComponent(name)}${written === 'erase' ? '?messages=true' : ''}`)
				await erased()
			}}
		>
			{(problems) => (
				<>
					<OneOf
						label={`What ${who} wrote`}
						name="written"
						options={[
							[
								'keep',
								'Stays',
								`It can still be read, from “erased” and a number: nothing says any more that it was ${isOwn ? 'you' : name}.`,
							],
							[
								'erase',
								'Is erased too',
								`Every text ${who} wrote in rooms and conversations is gone from the server, for everybody. Answers of others stay.`,
							],
						]}
					/>
					<Field
						label={`Type ${name} to confirm`}
						name="typed"
						required
						autocomplete="off"
						autocapitalize="none"
						spellcheck={false}
						problem={problems.typed}
					/>
				</>
			)}
		</Form>
	)
}
