import type { LogReader } from '../events/log.ts'
import { findUser } from './users.ts'
import type { Views } from './views.ts'

/** What somebody with an account is called. */
export type NameOf = (userId: string) => string

/** Keeps the names that were asked for: they never change, and lie in the log. */
export class Names {
	readonly #views: Views
	readonly #log: LogReader
	readonly #names = new Map<string, string>()

	constructor(views: Views, log: LogReader) {
		this.#views = views
		this.#log = log
	}

	readonly of: NameOf = (userId) => {
		let name = this.#names.get(userId)
		if (name === undefined) {
			name = this.#read(userId)
			if (name === undefined) return erasedName
			this.#names.set(userId, name)
		}
		return name
	}

	#read(userId: string): string | undefined {
		const user = findUser(this.#views, userId)
		const event = user && this.#log.at(user.namePosition)
		return event?.type === 'UserJoined' ? event.body?.name : undefined
	}
}

/** Who did something, as people know them; the server itself is `system`, a guest only an id. */
export function nameOfActor(nameOf: NameOf, userId: string): string {
	return userId.startsWith('user-') ? nameOf(userId) : userId
}

/** For whom nobody knows any more who it was. */
export const erasedName = 'erased'
