/** What was typed so far, by the id: its row may go out of sight, or another one be written anew in between. */
const drafts = new Map<string, string>()

/** What is written anew of a message; `text`, what it says now, as long as nothing is. */
export function draftOf(id: string, text: string): string {
	return drafts.get(id) ?? text
}

export function keepDraft(id: string, text: string): void {
	drafts.set(id, text)
}

/** It is saved, or not wanted. */
export function forgetDraft(id: string): void {
	drafts.delete(id)
}
