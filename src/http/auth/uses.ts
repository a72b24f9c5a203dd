import type { Writer } from '../../commands/writer.ts'
import type { LogReader } from '../../events/log.ts'
import { usesKeptEveryMs } from '../limits.ts'

/**
 * When sessions and tokens were last used. They are in use all the time, so this is kept in memory and
 * written down now and then: a crash forgets the last minute of it, and nothing else depends on it.
 */
export class Uses {
	readonly #log: LogReader
	readonly #writer: Pick<Writer, 'recordUses'>
	readonly #lastUses = new Map<string, number>()
	readonly #toWrite = new Set<string>()
	readonly #writing: NodeJS.Timeout

	constructor(log: LogReader, writer: Pick<Writer, 'recordUses'>) {
		this.#log = log
		this.#writer = writer
		this.#writing = setInterval(() => this.write(), usesKeptEveryMs)
		this.#writing.unref()
	}

	/** A session began at that time, which counts as a use. */
	begin(id: string, openedAt: number): void {
		if (!this.#lastUses.has(id)) this.#lastUses.set(id, Math.max(openedAt, this.#log.usedAt(id) ?? 0))
	}

	/** Unix milliseconds; 0: never. */
	lastOf(id: string): number {
		return this.#lastUses.get(id) ?? this.#log.usedAt(id) ?? 0
	}

	touch(id: string, now: number): void {
		this.#lastUses.set(id, now)
		this.#toWrite.add(id)
	}

	/** Hands what has changed to the writer, and forgets what the log has. */
	write(): void {
		for (const [id, usedAt] of this.#lastUses) {
			if (this.#toWrite.has(id)) continue
			// A full disk may have lost it: then it is tried again.
			if (this.#log.usedAt(id) === usedAt) this.#lastUses.delete(id)
			else this.#toWrite.add(id)
		}
		if (this.#toWrite.size > 0) this.#writer.recordUses([...this.#toWrite].map((id) => [id, this.lastOf(id)] as const))
		this.#toWrite.clear()
	}

	stop(): void {
		clearInterval(this.#writing)
		this.write()
	}
}
