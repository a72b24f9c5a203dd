import { useEffect, useState } from 'preact/hooks'
import { type DraftPlace, draftAt, followDraft, keepDraft } from '../state/drafts.ts'

/** What is written at a place, kept across everything until it is said. The place stays the same. */
export function useDraft(place: DraftPlace): [text: string, write: (text: string) => void] {
	const [text, setText] = useState(() => draftAt(place))
	useEffect(() => followDraft(place, setText), [])
	const write = (text: string) => {
		setText(text)
		keepDraft(place, text)
	}
	return [text, write]
}
