import type { TailroomError } from './error.ts'

export interface ReadMarkersOptions {
	/** Tells the server. */
	tell(room: string, sequence: number): Promise<void>
	/** The server knows it. */
	told(room: string, sequence: number): void
	/** Whether there is a line: without one it is told when there is. */
	isLive(): boolean
}

/** How far one has read in rooms, until the server knows it. */
export class ReadMarkers {
	readonly #options: ReadMarkersOptions
	readonly #wanted = new Map<string, number>()
	/** Rooms in which it was told on this line: a server that breaks down can forget it. */
	readonly #toldIn = new Set<string>()
	#isTelling = false
	/** Settles with what the server is being told. */
	#underWay: Promise<unknown> | undefined

	constructor(options: ReadMarkersOptions) {
		this.#options = options
	}

	/** What the server does not know yet; undefined: nothing. */
	in(room: string): number | undefined {
		return this.#wanted.get(room)
	}

	/** Whether the server knows all. */
	get isTold(): boolean {
		return this.#wanted.size === 0
	}

	/** One has read up to there. */
	read(room: string, sequence: number): void {
		this.#wanted.set(room, sequence)
		void this.tell()
	}

	/** Tells nothing of a room any more. Resolves when nothing is under way: the server would take it for the later word. */
	async forget(room: string): Promise<void> {
		this.#wanted.delete(room)
		await this.#underWay
	}

	/** Somebody else reads from here on. */
	forgetAll(): void {
		this.#wanted.clear()
		this.#toldIn.clear()
	}

	/** Where it was told since this was asked last. */
	takeTold(): string[] {
		const rooms = [...this.#toldIn]
		this.#toldIn.clear()
		return rooms
	}

	/** Tells one after the other, as often as it takes while there is a line. */
	async tell(): Promise<void> {
		if (this.#isTelling) return
		this.#isTelling = true
		for (let [next] = this.#wanted; next !== undefined && this.#options.isLive(); [next] = this.#wanted) {
			const [room, sequence] = next
			try {
				const telling = this.#options.tell(room, sequence)
				this.#underWay = telling.catch(() => {})
				await telling
			} catch (error) {
				const { isTemporary, retryAfterS = 1 } = error as TailroomError
				if (isTemporary) {
					await new Promise((resolve) => setTimeout(resolve, retryAfterS * 1_000))
					continue
				}
			}
			this.#toldIn.add(room)
			// Meanwhile one may have read on.
			if (this.#wanted.get(room) !== sequence) continue
			this.#wanted.delete(room)
			this.#options.told(room, sequence)
		}
		this.#isTelling = false
	}
}
