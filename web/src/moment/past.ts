import { pathOf } from '../../../src/client/server.ts'
import { Timeline } from '../../../src/client/timeline.ts'
import type { History, Member } from '../../../src/protocol/answers.ts'
import { chat } from '../state/chat.ts'

/** So many messages are kept at a time. */
const messagesMax = 1_000

/** A room as it was at a position of the log: what had been said, in its words of then, and who belonged to it. */
export class Past {
	readonly timeline: Timeline
	/** How many messages it had; undefined until that is known. */
	count: number | undefined
	/** Undefined until it is known. */
	members: readonly Member[] | undefined
	readonly #room: string
	readonly #changed: () => void
	#position = 0
	/** When the words of now were written, by the id of the message; 0: they are those of the beginning. */
	readonly #writtenNow = new Map<string, number>()

	constructor(room: string, changed: () => void) {
		this.#room = room
		this.#changed = changed
		this.timeline = new Timeline({
			room,
			messagesMax,
			read: (query, take) => this.#read(query, take),
			newest: () => this.count ?? Number.POSITIVE_INFINITY,
			shows() {},
			changed,
			closed() {},
		})
	}

	get position(): number {
		return this.#position
	}

	/** Shows it as it was then: its end, or what was around a message. What is shown stays until that is here. */
	async go(position: number, around?: number): Promise<void> {
		this.#position = position
		const { timeline } = this
		await Promise.all([around === undefined ? timeline.latest() : timeline.around(around), this.#readMembers(position)])
	}

	/** Whether a message has other words now than it had then. */
	isEditedLater = (id: string): boolean => {
		const now = this.#writtenNow.get(id)
		const then = this.timeline.messages.findLast((message) => message.id === id)
		return now !== undefined && then !== undefined && then.erased === undefined && now !== (then.editedAtMs ?? 0)
	}

	async #read(query: string, take: (page: History, heard: []) => void): Promise<void> {
		const position = this.#position
		const asked = (query: string) =>
			chat.ask<History>('GET', `${pathOf(this.#room, 'messages')}${query}&at=${position}`)
		const isEnd = !/before|after|around/.test(query)
		const [page, newest] = await Promise.all([asked(query), isEnd ? undefined : asked('?limit=1')])
		if (position !== this.#position) return
		this.count = (newest ?? page).messages.at(-1)?.sequence ?? 0
		take(page, [])
		// Without a line it is not said what was edited later.
		this.#compare(page).catch(() => {})
	}

	/** What was edited since can be seen only beside how it is now. */
	async #compare({ messages, position }: History): Promise<void> {
		const last = messages.at(-1)
		if (last === undefined) return
		const query = `?limit=${messages.length}&before=${last.sequence + 1}`
		const now = await chat.ask<History>('GET', `${pathOf(this.#room, 'messages')}${query}`)
		if (position !== this.#position) return
		for (const { id, editedAtMs = 0 } of now.messages) this.#writtenNow.set(id, editedAtMs)
		this.#changed()
	}

	async #readMembers(position: number): Promise<void> {
		// There are no members to be told of in a conversation.
		if (this.#room.startsWith('@')) return
		const { members } = await chat.ask<{ members: Member[] }>('GET', `${pathOf(this.#room, 'members')}?at=${position}`)
		if (position !== this.#position) return
		this.members = members
		this.#changed()
	}
}
