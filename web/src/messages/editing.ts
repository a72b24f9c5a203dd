import { computed } from '@preact/signals'
import { editing } from '../state/composing.ts'
import { forgetDraft } from './edit-drafts.ts'

/** A message may be on the screen twice: among all, and in its thread. */
export type Where = 'room' | 'thread'

let begun: { id: string; where: Where } | undefined

/** Where the message is that is being written anew. By a key it was begun where the focus is. */
export const editedIn = computed<Where | undefined>(() => {
	const id = editing.value
	if (id === undefined) return undefined
	if (begun?.id !== id) begun = { id, where: document.activeElement?.closest('.thread') ? 'thread' : 'room' }
	return begun.where
})

export function beginEditing(id: string, where: Where): void {
	begun = { id, where }
	editing.value = id
}

/** Done with it: what was typed is saved, or not wanted. */
export function endEditing(): void {
	begun = undefined
	forgetDraft(editing.peek() ?? '')
	editing.value = undefined
}
