import type { ShownMessage, Snapshot } from '../../../src/client/browser.ts'

/** What is kept of a room: its newest messages, as they were when they were last heard of. */
export interface KeptRoom {
	/** When it was on the screen last, in Unix milliseconds. */
	openedAt: number
	messages: readonly ShownMessage[]
}

const cacheName = 'tailroom-kept'
const stateAddress = '/kept/state'
const roomsAddress = '/kept/rooms/'

/** This page writes nothing any more: whose words they are is not here. */
let isOver = false

/** What this browser has kept, of whom ever; undefined: nothing. */
export async function readKept(): Promise<{ state: Snapshot; rooms: Map<string, KeptRoom> } | undefined> {
	const cache = await openStore()
	const state = await jsonIn<Snapshot>(cache, stateAddress)
	if (cache === undefined || state === undefined) return undefined
	const rooms = new Map<string, KeptRoom>()
	for (const { url } of await cache.keys()) {
		const { pathname } = new URL(url)
		if (!pathname.startsWith(roomsAddress)) continue
		const kept = await jsonIn<KeptRoom>(cache, pathname)
		if (kept !== undefined) rooms.set(decodeURIComponent(pathname.slice(roomsAddress.length)), kept)
	}
	return { state, rooms }
}

/** Writes rooms, those that are undefined away, and then the state: what is in it already is not heard of again. */
export async function writeKept(rooms: ReadonlyMap<string, KeptRoom | undefined>, state: Snapshot): Promise<void> {
	// It changes in place.
	const texts = [...rooms].map(([room, kept]) => [room, kept && JSON.stringify(kept)] as const)
	const stateText = JSON.stringify(state)
	const cache = await openStore()
	for (const [room, text] of texts) {
		const address = roomsAddress + encodeURIComponent(room)
		if (text === undefined) await cache?.delete(address)
		else if (!isOver) await cache?.put(address, asJson(text))
	}
	if (!isOver) await cache?.put(stateAddress, asJson(stateText))
}

/** Nothing is left here of who was here; what is written without a line waits on for who wrote it. */
export async function forgetKept(): Promise<void> {
	isOver = true
	await globalThis.caches?.delete(cacheName)
}

/** As `forgetKept`, and what was written, and where and how somebody was here: they leave. */
export async function forgetAll(): Promise<void> {
	await forgetKept()
	for (const key of Object.keys(localStorage)) if (key.startsWith('tailroom-')) localStorage.removeItem(key)
}

/** Undefined in a page without TLS, which does not start without a line anyway. */
async function openStore(): Promise<Cache | undefined> {
	return isOver ? undefined : globalThis.caches?.open(cacheName)
}

async function jsonIn<Value>(cache: Cache | undefined, address: string): Promise<Value | undefined> {
	return (await cache?.match(address))?.json().catch(() => undefined)
}

function asJson(text: string): Response {
	return new Response(text, { headers: { 'Content-Type': 'application/json' } })
}
