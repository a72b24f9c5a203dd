import { computed } from '@preact/signals'
import { editing } from '../state/composing.ts'

/** A message may be on the screen twice: among all, and in its thread. */
export type Where = 'room' | 'thread'

let begun: { id: string; where: Where } | undefined
/** What was typed so far; its row may go out of sight and come back. */
let draft: { id: string; text: string } | undefined

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
	draft = undefined
	editing.value = undefined
}

export function draftOf(id: string, text: string): string {
	return draft?.id === id ? draft.text : text
}

export function keepDraft(id: string, text: string): void {
	draft = { id, text }
}
