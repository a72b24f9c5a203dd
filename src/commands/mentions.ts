import type { Mentions } from '../events/catalogue.ts'
import { everybody } from '../projections/mentions.ts'
import { findUserByName } from '../projections/users.ts'
import type { Views } from '../projections/views.ts'
import type { Actor } from './actor.ts'
import { namesCalledMax, userNameCharsMax } from './limits.ts'
import { can, type RoomRights } from './policy.ts'
import { actorNow } from './standing.ts'

/**
 * Whom a text calls upon, of those with an account who can see the room that it is said in; `rightsOf`
 * says how somebody stands to it. Who cannot see it is called by nobody. A guest does not call everybody.
 */
export function mentionsIn(
	views: Views,
	text: string,
	author: Actor,
	rightsOf: (somebody: Actor) => RoomRights,
): Mentions {
	const called = namesCalled(text).map((names) => {
		for (const name of names) {
			const id = name === everybody ? everybody : whoSees(views, name, rightsOf)
			if (id !== undefined) return id
		}
		return undefined
	})
	const userIds = [...new Set(called)].filter((id) => id !== undefined && id !== everybody) as string[]
	const isForAll = author.kind !== 'guest' && called.includes(everybody)
	return { ...(userIds.length > 0 ? { mentions: userIds } : {}), ...(isForAll ? { mentionsRoom: true } : {}) }
}

function whoSees(views: Views, name: string, rightsOf: (somebody: Actor) => RoomRights): string | undefined {
	const user = findUserByName(views, name)
	const somebody = user && actorNow(views, user.userId)
	return somebody && can(somebody, { action: 'read', room: rightsOf(somebody) }) ? somebody.userId : undefined
}

/**
 * What a text calls by `@name`, in its order: each time the names that may be meant, the longest first, for
 * what ends a sentence can end a name too.
 */
export function namesCalled(text: string): string[][] {
	const words = new Set<string>()
	const called: string[][] = []
	let count = 0
	for (const [, written = ''] of text.matchAll(/(?<!\w)@([a-z0-9][a-z0-9._-]*)/gi)) {
		const word = written.toLowerCase()
		if (words.has(word)) continue
		words.add(word)
		const names = namesMeant(word).slice(0, namesCalledMax - count)
		if (names.length > 0) called.push(names)
		count += names.length
		if (count === namesCalledMax) break
	}
	return called
}

function namesMeant(word: string): string[] {
	let shortest = word.length
	while (/[._-]/.test(word[shortest - 1] ?? '')) shortest -= 1
	const names: string[] = []
	for (let length = Math.min(word.length, userNameCharsMax); length >= shortest; length -= 1)
		names.push(word.slice(0, length))
	return names
}
