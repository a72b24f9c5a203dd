import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { TailroomError } from '../../../src/client/browser.ts'
import { say } from '../state/notices.ts'
import { inWords } from '../state/problems.ts'
import { Button } from './button.tsx'
import './form.css'

interface FormProps {
	/** What its button says. */
	action: string
	kind?: 'primary' | 'danger'
	/** Sends it; what it rejects with is shown. Is not called again before it has settled. */
	send: (fields: FormFields) => Promise<unknown>
	/** More buttons, before the one that sends. */
	more?: ComponentChildren
	/** Fields are given what is wrong with each, by its name. */
	children: ComponentChildren | ((problems: FieldProblems) => ComponentChildren)
}

/** What was filled in, by the names of the fields. */
export type FormFields = Readonly<Record<string, string>>
export type FieldProblems = Readonly<Record<string, string>>

/** Fields and a button; what the server has against them is said where it is. */
export function Form({ action, kind = 'primary', send, more, children }: FormProps) {
	const [problem, setProblem] = useState<{ detail: string; fields: FieldProblems }>()
	const [isSending, setIsSending] = useState(false)
	const submit = async (event: SubmitEvent) => {
		event.preventDefault()
		if (isSending) return
		const form = event.currentTarget as HTMLFormElement
		setIsSending(true)
		setProblem(undefined)
		try {
			await send(fieldsOf(form))
		} catch (error) {
			const said = problemOf(error)
			// It was closed meanwhile.
			if (!form.isConnected) return say(said.detail)
			setProblem(said)
			const first = Object.keys(said.fields).find((name) => form.elements.namedItem(name) instanceof HTMLElement)
			if (first !== undefined) (form.elements.namedItem(first) as HTMLElement).focus()
		} finally {
			setIsSending(false)
		}
	}
	return (
		<form class="form" onSubmit={submit} aria-busy={isSending}>
			{typeof children === 'function' ? children(problem?.fields ?? {}) : children}
			<p class="problem" role="alert">
				{problem?.detail}
			</p>
			<div class="form-actions">
				{more}
				<Button type="submit" kind={kind} aria-disabled={isSending}>
					{action}
				</Button>
			</div>
		</form>
	)
}

function fieldsOf(form: HTMLFormElement): FormFields {
	return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]))
}

function problemOf(error: unknown): { detail: string; fields: FieldProblems } {
	if (!(error instanceof TailroomError)) throw error
	const fields = (error.fields ?? []).map(({ field, problem }) => {
		// What is said of the whole is not said twice: the field is marked alone.
		return [field.replace('/', ''), problem === error.message ? '' : inWords(problem)] as const
	})
	return { detail: inWords(error.message), fields: Object.fromEntries(fields) }
}
