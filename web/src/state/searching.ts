import { signal } from '@preact/signals'
import type { FoundMessage, SearchAnswer } from '../../../src/client/browser.ts'
import { showBeside } from './beside.ts'
import { chat } from './chat.ts'
import { closeDialog } from './layers.ts'
import { addressOf, go, lastRoom, place } from './place.ts'
import { inWords } from './problems.ts'

/** What is looked for; it stays when the panel is closed, as does what was found. */
export const query = signal('')
export const found = signal<Found | undefined>()
/** How often somebody wanted to look for something: then the focus goes there. */
export const wishes = signal(0)

export interface Found {
	/** What was looked for. */
	query: string
	/** The newest first. */
	messages: readonly FoundMessage[]
	/** Where more would go on; undefined: there is no more. */
	next?: number | undefined
	/** False: not all was looked through. */
	complete: boolean
	/** Why there is no answer, in the server's words. */
	problem?: string
	isSearching: boolean
}

/** One who types is not asked at each letter. */
const patienceMs = 200
let timer: ReturnType<typeof setTimeout> | undefined
/** Answers to what was asked before that are not wanted any more. */
let asked = 0

/** Opens the search, for something or for what was looked for last. */
export function openSearch(wanted?: string): void {
	closeDialog()
	if (place.value.at !== 'room') go(addressOf(lastRoom.get()))
	showBeside('search')
	if (wanted !== undefined) lookFor(wanted)
	wishes.value += 1
}

/** Opens it for the room in which one is. */
export function searchHere(): void {
	const here = place.value
	openSearch(here.at === 'room' ? withRoom(query.value, here.room) : undefined)
}

/** The query in one room alone; undefined: in all of them. */
export function withRoom(text: string, room: string | undefined): string {
	const words = text.replace(/(^|\s)in:\S*/i, ' ').trim()
	return room === undefined ? words : `in:${room} ${words}`
}

/** The room that a query is limited to. */
export function roomIn(text: string): string | undefined {
	return /(?:^|\s)in:(\S+)/i.exec(text)?.[1]?.toLowerCase()
}

/** Looks for something as soon as nothing is typed for a moment; the last counts. */
export function lookFor(text: string): void {
	query.value = text
	clearTimeout(timer)
	asked += 1
	if (withRoom(text, undefined) === '') found.value = undefined
	else timer = setTimeout(() => ask(text, []), patienceMs)
}

/** The page after those that are here. */
export async function lookFurther(): Promise<void> {
	const { query, messages, next, isSearching } = found.value ?? {}
	if (query !== undefined && next !== undefined && !isSearching) await ask(query, messages ?? [], next)
}

async function ask(text: string, before: readonly FoundMessage[], next?: number): Promise<void> {
	const mine = ++asked
	const shown = found.value
	// What was found before stays until there is something else to see.
	found.value = { ...(shown ?? { messages: [], complete: true }), query: text, isSearching: true }
	try {
		const answer: SearchAnswer = await chat.search(text, next === undefined ? {} : { before: next })
		if (mine !== asked) return
		const { messages, complete } = answer
		found.value = { query: text, messages: [...before, ...messages], next: answer.next, complete, isSearching: false }
	} catch (error) {
		if (mine !== asked) return
		const problem = inWords((error as Error).message)
		found.value = { query: text, messages: before, next, complete: true, problem, isSearching: false }
	}
}
