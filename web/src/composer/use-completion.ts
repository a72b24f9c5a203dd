import type { RefObject } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { type Asked, askedAt } from './asked.ts'
import { insert } from './insert.ts'
import { type Suggest, type Suggestion, suggesting } from './suggestions.ts'

export interface Completion {
	/** Empty: there is no list. */
	suggestions: readonly Suggestion[]
	/** Which of them the next Enter takes. */
	active: number
	/** Looks at what stands before the caret. */
	look: () => void
	close: () => void
	pick: (suggestion: Suggestion) => void
	/** True: the key was for the list. */
	pressed: (event: KeyboardEvent) => boolean
}

/** Completes names of people, rooms and emoji while they are typed. */
export function useCompletion(input: RefObject<HTMLTextAreaElement | null>, room: string): Completion {
	const [asked, setAsked] = useState<Asked>()
	const [source, setSource] = useState<{ kind: Asked['kind']; suggest: Suggest }>()
	/** One has gone to another than the first. */
	const [chosen, setChosen] = useState<{ asked: Asked; index: number }>()
	/** Where one did not want a list. */
	const [declined, setDeclined] = useState<number>()
	useEffect(() => {
		if (asked === undefined) return
		const { kind } = asked
		let isWanted = true
		suggesting(kind, room)
			.then((suggest) => isWanted && setSource({ kind, suggest }))
			// Without a line there is nothing to be suggested.
			.catch(() => isWanted && setSource(undefined))
		return () => {
			isWanted = false
		}
	}, [asked?.kind, asked?.start, room])

	const askedNow = () => {
		const { value, selectionStart, selectionEnd } = input.current as HTMLTextAreaElement
		return selectionStart === selectionEnd ? askedAt(value, selectionStart) : undefined
	}
	const suggestionsOf = (asked: Asked) => (source?.kind === asked.kind ? source.suggest(asked.query) : [])
	const indexOf = (asked: Asked) => (isSame(chosen?.asked, asked) ? (chosen?.index ?? 0) : 0)
	const look = () => {
		const now = askedNow()
		if (now?.start !== declined) setDeclined(undefined)
		setAsked(now?.start === declined ? undefined : now)
	}
	const close = () => setAsked(undefined)
	const put = ({ text }: Suggestion, { start }: Asked) => {
		const element = input.current as HTMLTextAreaElement
		const { value, selectionStart: end } = element
		const space = /^\s/.test(value.slice(end)) ? '' : ' '
		const caret = start + text.length + 1
		insert(element, { start, end, text: text + space, selection: [caret, caret] })
		close()
	}
	const pick = (suggestion: Suggestion) => asked && put(suggestion, asked)
	const pressed = ({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent) => {
		// What was typed just now may not be drawn yet.
		const now = asked && askedNow()
		const suggestions = now === undefined ? [] : suggestionsOf(now)
		if (now === undefined || suggestions.length === 0 || shiftKey || ctrlKey || metaKey || altKey) return false
		const index = indexOf(now)
		const suggestion = suggestions[index] as Suggestion
		const step = { ArrowDown: 1, ArrowUp: -1 }[key]
		if (step !== undefined) {
			setChosen({ asked: now, index: (index + step + suggestions.length) % suggestions.length })
		} else if (key === 'Escape') {
			setDeclined(now.start)
			close()
		} else if (key === 'Tab') put(suggestion, now)
		// Whoever has typed a name in full wants to go on.
		else if (key === 'Enter' && (isSame(chosen?.asked, now) || !isWhole(suggestion, now))) put(suggestion, now)
		else return false
		return true
	}
	const suggestions = useMemo(() => (asked === undefined ? [] : suggestionsOf(asked)), [asked, source])
	return { suggestions, active: asked === undefined ? 0 : indexOf(asked), look, close, pick, pressed }
}

function isSame(one: Asked | undefined, other: Asked): boolean {
	return one?.kind === other.kind && one.start === other.start && one.query === other.query
}

function isWhole({ text }: Suggestion, { kind, query }: Asked): boolean {
	return text === (kind + query).toLowerCase()
}
