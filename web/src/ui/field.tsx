import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import './field.css'

/** As of the HTML elements. */
interface InputAttributes {
	name?: string
	type?: 'text' | 'password' | 'search' | 'number' | 'datetime-local' | 'url'
	value?: string
	defaultValue?: string
	placeholder?: string
	required?: boolean
	disabled?: boolean
	minLength?: number
	maxLength?: number
	min?: string | number
	max?: string | number
	step?: number | 'any'
	pattern?: string
	title?: string
	autocomplete?: string
	autocapitalize?: string
	spellcheck?: boolean
	autofocus?: boolean
	onInput?: (event: InputEvent) => void
}

interface FieldProps extends InputAttributes {
	label: string
	/** What is expected, said before anything is wrong. */
	hint?: ComponentChildren
	/** What is wrong with what was given. */
	problem?: string | undefined
	/** A button at its end. */
	beside?: ComponentChildren
}

/** A line to fill in, with its label. */
export function Field({ label, hint, problem, beside, ...attributes }: FieldProps) {
	const id = useId()
	return (
		<div class="field">
			<label for={id}>{label}</label>
			<div class="field-line">
				<input
					{...(attributes as object)}
					id={id}
					aria-invalid={problem === undefined ? undefined : true}
					aria-describedby={`${id}-hint`}
				/>
				{beside}
			</div>
			<p id={`${id}-hint`} class={problem === undefined ? 'field-hint' : 'field-problem'}>
				{problem ?? hint}
			</p>
		</div>
	)
}

interface ChoiceProps {
	label: string
	name?: string
	value?: string
	defaultValue?: string
	disabled?: boolean
	onChange?: (event: Event) => void
	hint?: ComponentChildren
	options: readonly (readonly [value: string, text: string])[]
}

/** One of a few. */
export function Choice({ label, hint, options, ...attributes }: ChoiceProps) {
	const id = useId()
	return (
		<div class="field">
			<label for={id}>{label}</label>
			<select {...(attributes as object)} id={id} aria-describedby={`${id}-hint`}>
				{options.map(([value, text]) => (
					<option key={value} value={value}>
						{text}
					</option>
				))}
			</select>
			<p id={`${id}-hint`} class="field-hint">
				{hint}
			</p>
		</div>
	)
}
