import { effect } from '@preact/signals'
import { me } from './chat.ts'
import { focusComposer } from './composing.ts'
import { hasTouch } from './device.ts'
import { closeDialog } from './layers.ts'
import { mayKeep } from './may-keep.ts'
import { isKnown } from './people.ts'
import { addressOf, go, lastRoom, place } from './place.ts'

const key = 'tailroom-visits'
const visitsMax = 30

/** The rooms that one was in, the last one first. */
export function recentRooms(): string[] {
	const [whose, ...names] = (localStorage.getItem(key) ?? '').split(' ')
	return whose === me.peek()?.name ? names : []
}

/** The room is not among those any more that one was in. */
export function forgetVisits(room: string): void {
	const visits = recentRooms()
	if (visits.includes(room)) remember(visits.filter((other) => other !== room))
}

/** Goes to a room, and to where one writes in it. */
export function visit(room: string): void {
	closeDialog()
	go(addressOf(room))
	// A keyboard that comes up by itself would hide on a phone what one came for.
	if (!hasTouch()) setTimeout(focusComposer)
}

effect(() => {
	const here = place.value
	const name = me.value?.name
	if (here.at !== 'room' || name === undefined) return
	// Everything else knows it by its name.
	if (here.room === '@me') return go(addressOf(`@${name}`), { replace: true })
	// Whose name is in no list may be erased: it is not kept.
	if (!mayKeep() || !isKnown(here.room)) return
	lastRoom.set(here.room)
	const others = recentRooms().filter((room) => room !== here.room)
	remember([here.room, ...others.slice(0, visitsMax)])
})

function remember(visits: readonly string[]): void {
	localStorage.setItem(key, [me.peek()?.name, ...visits].join(' '))
}
