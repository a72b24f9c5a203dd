import type { RoomAnswer } from '../../../src/client/browser.ts'
import { chat, me, presence, rooms } from '../state/chat.ts'
import { askForPeople, people } from '../state/people.ts'
import { timelineOf } from '../state/timelines.ts'

/** What was asked is not asked again for so long. */
const rememberMs = 300_000

const openRooms = remembered(() => chat.browse())

const membersOf = new Map<string, () => Promise<string[]>>()

/**
 * Whom one can call upon in a room: who has just spoken there, then its other members, and where all can read it then
 * everybody else.
 */
export async function peopleIn(room: string): Promise<string[]> {
	const [members] = await Promise.all([memberNames(room), people.peek().size === 0 && askForPeople()])
	const accounts = [...people.peek().values()].filter(({ active }) => active).map(({ name }) => name)
	const isForAll = rooms.peek().find((own) => own.room === room)?.visibility === 'open'
	const others = isForAll ? [...presence.peek().keys(), ...accounts] : []
	const names = new Set([...lastSpeakers(room), ...members.toSorted(), ...others.toSorted()])
	names.delete(me.peek()?.name ?? '')
	return [...names]
}

/** One's own rooms, and then those that one could join. */
export async function knownRooms(): Promise<Pick<RoomAnswer, 'room' | 'title' | 'visibility'>[]> {
	const all = [...rooms.peek(), ...(await openRooms().catch(() => []))]
	const named = new Map(all.map((room) => [room.room, room] as const))
	return [...named.values()].filter(({ visibility, archived }) => visibility !== 'direct' && !archived)
}

async function memberNames(room: string): Promise<string[]> {
	if (room.startsWith('@')) return [room.slice(1)]
	const members = rooms.peek().find((own) => own.room === room)?.members
	if (members !== undefined) return members.map(({ userId }) => userId)
	const ask = membersOf.get(room) ?? remembered(async () => (await chat.members(room)).map(({ userId }) => userId))
	membersOf.set(room, ask)
	return ask().catch(() => [])
}

function lastSpeakers(room: string): string[] {
	const spoken = timelineOf(room)?.messages.filter(({ guest, erased }) => guest !== true && erased === undefined)
	return (spoken ?? []).map(({ sender }) => sender).reverse()
}

/** Asks once, and again after a while; what failed is asked again the next time. */
function remembered<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
	let asked: { answer: Promise<Answer>; atMs: number } | undefined
	return () => {
		if (asked === undefined || performance.now() - asked.atMs > rememberMs) {
			const answer = ask()
			asked = { answer, atMs: performance.now() }
			answer.catch(() => {
				asked = undefined
			})
		}
		return asked.answer
	}
}
