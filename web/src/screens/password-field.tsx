import { useState } from 'preact/hooks'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'

/** As the server wants it. */
export const passwordCharactersMin = 8

interface PasswordFieldProps {
	label?: string
	name?: string
	autocomplete: 'current-password' | 'new-password'
	problem?: string | undefined
}

/** Says whose password is in a form, to what keeps them. */
export function WhosePassword({ name }: { name: string | undefined }) {
	return <input type="text" hidden readOnly autocomplete="username" value={name} />
}

/** A password, which can be looked at while it is typed. */
export function PasswordField({ label = 'Password', name = 'password', autocomplete, problem }: PasswordFieldProps) {
	const [isShown, setIsShown] = useState(false)
	const isNew = autocomplete === 'new-password'
	return (
		<Field
			label={label}
			name={name}
			type={isShown ? 'text' : 'password'}
			required
			{...(isNew ? { minLength: passwordCharactersMin } : {})}
			autocomplete={autocomplete}
			hint={isNew && `At least ${passwordCharactersMin} characters: a few words that do not belong together.`}
			problem={problem}
			beside={
				<Button aria-pressed={isShown} onClick={() => setIsShown(!isShown)}>
					{isShown ? 'Hide' : 'Show'}
				</Button>
			}
		/>
	)
}
