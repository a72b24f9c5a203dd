import { computed, signal } from '@preact/signals'
import { me } from './chat.ts'
import { mayKeep } from './may-keep.ts'

/** Where something is being written. */
export interface DraftPlace {
	room: string
	/** The message that is answered, where it is a thread. */
	replyTo?: string | undefined
}

interface Draft {
	text: string
	keptAtMs: number
}

/** The storage holds the outbox too: of more than this the oldest drafts go. */
const draftsMax = 100
const charactersMax = 500_000

/**
 * Each page keeps what is written in it under a name of its own, so that two pages do not write over each other. A page in
 * which nothing else is written shows what the other one has: so it is after a reload, and in a second window.
 */
const page = crypto.getRandomValues(new Uint32Array(2)).join('-')

/** By where it is and the page that wrote it, as in the storage. */
let kept = new Map<string, Draft>()
let keptOf: string | undefined
/** Which draft a place shows here, and its text. */
const shown = new Map<string, { key: string; text: string }>()
const followers = new Map<string, Set<(text: string) => void>>()
/** How often a draft came or went. */
const changes = signal(0)

/** The rooms in which something is written that is not said yet; threads do not count. */
export const drafts = computed<ReadonlyMap<string, boolean>>(() => {
	changes.value
	const prefix = me.value === undefined ? undefined : prefixOf(me.value.name)
	if (prefix === undefined) return new Map()
	const places = [...mine().keys()].map((key) => key.slice(prefix.length).split(' '))
	return new Map(places.flatMap(([room = '', replyTo]) => (replyTo === '-' ? [[room, true] as const] : [])))
})

/** What is written at a place: here, or else in the last page that had it. */
export function draftAt(place: DraftPlace): string {
	return show(nameOf(place))
}

/** Keeps what is written at a place; nothing, when it was said. */
export function keepDraft(place: DraftPlace, text: string): void {
	const name = nameOf(place)
	const own = `${name} ${page}`
	const before = shown.get(name)
	if (text.trim() === '') remove(own)
	else write(own, text)
	// It came from a page that is gone, or that has not been written in since: here it goes on.
	if (before !== undefined && before.key !== own && stored(before.key)?.text === before.text) remove(before.key)
	shown.set(name, { key: own, text })
}

/** Puts a text that could not be sent back where it was written, before what is there by now. */
export function bringBack(place: DraftPlace, text: string): void {
	const now = draftAt(place)
	const whole = now === '' ? text : `${text}\n\n${now}`
	keepDraft(place, whole)
	tell(nameOf(place), whole)
}

/** Follows what is written at a place otherwise than by its own keys, until the returned function is called. */
export function followDraft(place: DraftPlace, told: (text: string) => void): () => void {
	const name = nameOf(place)
	const all = followers.get(name) ?? new Set()
	followers.set(name, all.add(told))
	return () => all.delete(told)
}

/** Where something is written, in threads too; some may be there twice. */
export function draftRooms(): string[] {
	const prefix = prefixOf(me.peek()?.name ?? '')
	return [...mine().keys()].map((key) => key.slice(prefix.length).split(' ', 1)[0] as string)
}

/** What is written in a room is written in another one from now on; undefined: in none. */
export function moveDrafts(from: string, to: string | undefined): void {
	const prefix = prefixOf(me.peek()?.name ?? '')
	const start = `${prefix}${from} `
	for (const [key, { text }] of [...mine()]) {
		if (!key.startsWith(start)) continue
		remove(key)
		if (to !== undefined) write(`${prefix}${to} ${key.slice(start.length)}`, text)
	}
	for (const name of shown.keys()) if (name.startsWith(start)) shown.delete(name)
}

addEventListener('storage', ({ key, oldValue, newValue }) => {
	const user = me.peek()?.name
	if (key === null || user === undefined || !key.startsWith(prefixOf(user))) return
	const draft = parsed(newValue)
	if (draft === undefined) mine().delete(key)
	else mine().set(key, draft)
	changes.value += 1
	const name = key.slice(0, key.lastIndexOf(' '))
	const here = shown.get(name)
	if (here !== undefined && here.text.trim() !== '' && here.key !== key) return
	// Another page has taken over what was written here, and here it was written on at the same time.
	if (here !== undefined && key.endsWith(page) && parsed(oldValue)?.text !== here.text) return write(key, here.text)
	if (followers.get(name)?.size) tell(name, show(name))
})

function show(name: string): string {
	const own = `${name} ${page}`
	const others = [...mine()].filter(([key]) => key.startsWith(`${name} `))
	const [newest] = others.sort(([, one], [, other]) => other.keptAtMs - one.keptAtMs)
	const key = mine().has(own) || newest === undefined ? own : newest[0]
	const text = mine().get(key)?.text ?? ''
	shown.set(name, { key, text })
	return text
}

function tell(name: string, text: string): void {
	for (const told of followers.get(name) ?? []) told(text)
}

/** The drafts of who is here. */
function mine(): Map<string, Draft> {
	const user = me.peek()?.name ?? ''
	if (keptOf === user) return kept
	keptOf = user
	kept = new Map()
	for (const key of Object.keys(localStorage)) {
		const draft = key.startsWith(prefixOf(user)) ? stored(key) : undefined
		if (draft !== undefined) kept.set(key, draft)
	}
	return kept
}

function write(key: string, text: string): void {
	const draft = { text, keptAtMs: Date.now() }
	const isNew = !mine().has(key)
	mine().set(key, draft)
	if (isNew) changes.value += 1
	if (!mayKeep()) return
	forgetOldest(key)
	try {
		localStorage.setItem(key, JSON.stringify(draft))
	} catch {
		// The storage is full, or forbidden: it lasts as long as the page.
	}
}

function remove(key: string): void {
	localStorage.removeItem(key)
	if (mine().delete(key)) changes.value += 1
}

function forgetOldest(but: string): void {
	const oldest = [...mine()].sort(([, one], [, other]) => one.keptAtMs - other.keptAtMs)
	let characters = oldest.reduce((sum, [, { text }]) => sum + text.length, 0)
	let count = oldest.length
	for (const [key, { text }] of oldest) {
		if (count <= draftsMax && characters <= charactersMax) return
		if (key === but) continue
		remove(key)
		count -= 1
		characters -= text.length
	}
}

function stored(key: string): Draft | undefined {
	return parsed(localStorage.getItem(key))
}

function parsed(json: string | null): Draft | undefined {
	try {
		const draft = JSON.parse(json ?? 'null')
		return typeof draft?.text === 'string' ? draft : undefined
	} catch {
		return undefined
	}
}

function prefixOf(user: string): string {
	return `tailroom-draft ${user} `
}

/** None of these has a space in it. */
function nameOf({ room, replyTo = '-' }: DraftPlace): string {
	return `${prefixOf(me.peek()?.name ?? '')}${room} ${replyTo}`
}
