import { byName, folded } from '../state/names.ts'

/** Where one can go, as far as it is looked for. */
export interface Goal {
	/** `general`, or `@bob`. */
	room: string
	/** What it is called to people. */
	title: string
	/** One has a place there: it is one's own room, or somebody one has talked with. */
	isOwn: boolean
	unread: number
	/** How much of that calls upon one. */
	calls: number
	isArchived?: boolean
}

/**
 * The goals that fit what was typed, the most likely first. Without a text: what is unread, then where one was last, then
 * the rest of one's own. `recent` are rooms, the last one first.
 */
export function ranked(goals: readonly Goal[], text: string, recent: readonly string[]): Goal[] {
	const wanted = folded(text.trim()).replace(/^[#@]/, '')
	const onlyPeople = text.trim().startsWith('@')
	const recency = new Map(recent.map((room, index) => [room, index]))
	const candidates = wanted === '' && !onlyPeople ? goals.filter(({ isOwn }) => isOwn) : goals
	return candidates
		.filter(({ room }) => !onlyPeople || room.startsWith('@'))
		.map((goal) => ({ goal, fit: fitOf(goal, wanted), recency: recency.get(goal.room) ?? recent.length }))
		.filter(({ fit }) => fit > 0)
		.sort((one, other) => {
			const byFit = other.fit - one.fit || standing(other.goal) - standing(one.goal)
			return byFit || one.recency - other.recency || compare(one.goal, other.goal)
		})
		.map(({ goal }) => goal)
}

/** How well a goal fits; 0: not at all. */
function fitOf({ room, title }: Goal, wanted: string): number {
	const name = folded(room).replace(/^@/, '')
	return Math.max(fit(folded(title), wanted), fit(name, wanted))
}

/** Whole, from the beginning, from the beginning of a word, somewhere in it, and its letters one after the other. */
function fit(text: string, wanted: string): number {
	if (wanted === '') return 1
	if (text === wanted) return 5
	if (text.startsWith(wanted)) return 4
	const at = text.indexOf(wanted)
	const words = text.split(/[\s._-]+/)
	if (words.some((word) => word.startsWith(wanted)) || (at > 0 && /[\s._-]/.test(text[at - 1] ?? ''))) return 3
	if (at > 0) return 2
	return isScattered(text, wanted) ? 1 : 0
}

function isScattered(text: string, wanted: string): boolean {
	let at = 0
	for (const character of wanted.replace(/\s/g, '')) {
		at = text.indexOf(character, at) + 1
		if (at === 0) return false
	}
	return true
}

/** What calls upon one, what is unread, one's own, what is there at all, and what is over. */
function standing({ calls, unread, isOwn, isArchived }: Goal): number {
	if (isArchived) return 0
	if (calls > 0) return 4
	if (unread > 0) return 3
	return isOwn ? 2 : 1
}

function compare(one: Goal, other: Goal): number {
	return byName.compare(one.title, other.title)
}
