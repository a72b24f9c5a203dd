import { Field } from '../ui/field.tsx'

interface NameFieldProps {
	hint?: string
	problem?: string | undefined
	/** What a name has to be, and how that is said, where nobody but the page looks at it before. */
	pattern?: string
	title?: string
}

/** Under which name somebody comes in: what one fills in first. */
export function NameField(props: NameFieldProps) {
	return (
		<Field
			{...props}
			label="Name"
			name="name"
			required
			maxLength={32}
			autocomplete="username"
			autocapitalize="none"
			spellcheck={false}
			autofocus
		/>
	)
}
