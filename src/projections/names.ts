import type { LogReader, Position } from '../events/log.ts'
import { unseenEvents } from './unseen.ts'
import { findUser } from './users.ts'
import type { Views } from './views.ts'

/** What somebody with an account is called. */
export type NameOf = (userId: string) => string

/** Keeps the names that were asked for: they lie in the log, and change only when their person is erased. */
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
			const { position } = this.#views.checkpoint()
			name = this.#read(userId)
			if (name === undefined) return this.#unseenNumber(userId, position)
			this.#names.set(userId, name)
		}
		return name
	}

	/** These people may have been erased. */
	forget(userIds: readonly string[]): void {
		for (const userId of userIds) this.#names.delete(userId)
	}

	/** The views were built anew. */
	forgetAll(): void {
		this.#names.clear()
	}

	#read(userId: string): string | undefined {
		const user = findUser(this.#views, userId)
		if (user !== undefined && user.erasedNumber !== null) return `${erasedName}-${user.erasedNumber}`
		const event = user && this.#log.at(user.namePosition)
		return event?.type === 'UserJoined' ? event.body?.name : undefined
	}

	/** Of somebody whose name is gone from the log, and the views do not know it yet. */
	#unseenNumber(userId: string, seen: Position): string {
		for (const event of unseenEvents(this.#log, seen, userId)) {
			if (event.type === 'UserErased') return `${erasedName}-${event.data.number}`
		}
		return erasedName
	}
}

/** Who did something, as people know them; the server itself is `system`, a guest only an id. */
export function nameOfActor(nameOf: NameOf, userId: string): string {
	return isAccount(userId) ? nameOf(userId) : userId
}

/** Whether it is the id of a guest, whose name lies beside it in each event. */
export function isGuest(userId: string): boolean {
	return userId.startsWith('guest-')
}

/** Whether it is the id of somebody with an account. */
export function isAccount(userId: string): boolean {
	return userId.startsWith('user-')
}

/** For whom nobody knows any more who it was. */
export const erasedName = 'erased'
