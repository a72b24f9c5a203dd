import { useEffect, useId, useRef } from 'preact/hooks'
import type { FoundMessage } from '../../../src/client/browser.ts'
import { roomNamed } from '../state/chat.ts'
import { found, lookFor, lookFurther, query, roomIn, wishes, withRoom } from '../state/searching.ts'
import { titleOf } from '../state/unread.ts'
import { Button } from '../ui/button.tsx'
import { FoundLink } from './found-link.tsx'
import { closeOnEscape, PanelHead } from './panel-head.tsx'
import './search.css'
import { useWish } from './use-wish.ts'

/** Looks for what was said, in all rooms or in one. */
export function Search({ room }: { room: string }) {
	const id = useId()
	const field = useRef<HTMLInputElement>(null)
	const text = query.value
	useWish(wishes, (isNew) => isNew && field.current?.select())
	const scope = roomIn(text)
	return (
		<aside class="panel" aria-labelledby={id} onKeyDown={closeOnEscape}>
			<PanelHead id={id}>Search</PanelHead>
			<form
				class="search-field"
				onSubmit={(event) => {
					event.preventDefault()
					lookFor(query.value)
				}}
			>
				<input
					ref={field}
					type="search"
					aria-label="Search"
					placeholder="What was said"
					maxLength={512}
					autocomplete="off"
					autocapitalize="none"
					spellcheck={false}
					autofocus
					dir="auto"
					value={text}
					onInput={(event) => lookFor(event.currentTarget.value)}
				/>
				<label>
					<input
						type="checkbox"
						checked={scope === room}
						onChange={(event) => lookFor(withRoom(query.value, event.currentTarget.checked ? room : undefined))}
					/>
					<span>
						Only in <bdi>{titleOf(roomNamed(room) ?? { room, title: '' })}</bdi>
					</span>
				</label>
			</form>
			<div class="panel-body">{withRoom(text, undefined) === '' ? <Hints /> : <Results />}</div>
		</aside>
	)
}

const hints = [
	['deploy', 'the word, and words that hold it'],
	['"foo bar"', 'just that'],
	['from:ada', 'what ada said; from:me is you'],
	['in:general', 'what was said there; in:@ada'],
	['after:2026-11-01', 'from that day on'],
	['before:2026-12-01', 'before that day'],
] as const

function Hints() {
	return (
		<dl class="search-hints">
			{hints.map(([typed, finds]) => (
				<div key={typed}>
					<dt>
						<code>{typed}</code>
					</dt>
					<dd>{finds}</dd>
				</div>
			))}
		</dl>
	)
}

function Results() {
	const { messages, next, complete, problem, isSearching } = found.value ?? noResults
	useEffect(() => {
		if (next === undefined) return
		const end = document.getElementById('search-end') as HTMLElement
		const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && void lookFurther())
		observer.observe(end)
		return () => observer.disconnect()
	}, [next])
	return (
		<>
			<p class="search-said" aria-live="polite">
				{isSearching ? 'Searching …' : (problem ?? countWords(messages, next, complete))}
			</p>
			<ul class="search-results" aria-label="Found" aria-busy={isSearching}>
				{messages.map((message) => (
					<FoundLink key={message.id} message={message} />
				))}
			</ul>
			<div id="search-end">
				{next !== undefined && (
					<Button disabled={isSearching} onClick={lookFurther}>
						Look further back
					</Button>
				)}
			</div>
		</>
	)
}

const noResults = { messages: [], next: undefined, complete: true, problem: undefined, isSearching: true }

function countWords(messages: readonly FoundMessage[], next: number | undefined, isComplete: boolean): string {
	const more = next === undefined ? '' : ' so far'
	const count =
		messages.length === 1 ? 'One message' : `${messages.length === 0 ? 'Nothing' : `${messages.length} messages`}`
	return `${count} found${more}.${isComplete ? '' : ' Not all was looked through yet.'}`
}
