import { timingSafeEqual } from 'node:crypto'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setupCodeAgainMs, setupCodeMs } from '../limits.ts'
import { isWellFormed, newSecret } from './secrets.ts'

/** The setup code of a server, for as long as it has no owner. */
export function setupCodeOf(
	directory: string,
	hasOwner: boolean,
	changed: (code: string) => void,
): SetupCode | undefined {
	if (!hasOwner) return new SetupCode(directory, changed)
	// A server that was killed when it had just been set up has left it.
	rmSync(join(directory, fileName), { force: true })
	return undefined
}

const fileName = 'setup-code'

/**
 * The code by which whoever started the server becomes its owner: printed, and kept in a file of the
 * data directory that nobody else can read. When it has expired there is a new one.
 */
export class SetupCode {
	readonly #path: string
	readonly #changed: (code: string) => void
	#code = ''
	#renewing: NodeJS.Timeout | undefined

	/** `changed` is called when there is another code than at the start. */
	constructor(directory: string, changed: (code: string) => void) {
		this.#path = join(directory, fileName)
		this.#changed = changed
		const kept = this.#read()
		if (kept === undefined) this.#renew()
		else this.#keep(kept.code, kept.leftMs)
	}

	get text(): string {
		return this.#code
	}

	matches(code: string): boolean {
		if (!isWellFormed('setup', code) || code.length !== this.#code.length) return false
		return timingSafeEqual(Buffer.from(code), Buffer.from(this.#code))
	}

	/** There is an owner: the code is good for nothing any more. */
	remove(): void {
		if (this.#code === '') return
		this.#code = ''
		this.stop()
		rmSync(this.#path, { force: true })
	}

	stop(): void {
		clearTimeout(this.#renewing)
	}

	/** The code of an earlier start, if it is still good. */
	#read(): { code: string; leftMs: number } | undefined {
		const writtenMs = statSync(this.#path, { throwIfNoEntry: false })?.mtimeMs
		if (writtenMs === undefined) return undefined
		const leftMs = writtenMs + setupCodeMs - Date.now()
		const code = readFileSync(this.#path, 'utf8').trim()
		return leftMs > 0 && isWellFormed('setup', code) ? { code, leftMs } : undefined
	}

	#renew(): void {
		const code = newSecret('setup')
		// A file that is there keeps its mode, so it is written anew.
		rmSync(this.#path, { force: true })
		writeFileSync(this.#path, `${code}\n`, { mode: 0o600, flag: 'wx' })
		this.#keep(code, setupCodeMs)
	}

	#keep(code: string, leftMs: number): void {
		this.#code = code
		this.#renewing = setTimeout(() => {
			try {
				this.#renew()
				this.#changed(this.#code)
			} catch {
				// The disk is full. The old code is over all the same, and another one is made later.
				this.#keep('', setupCodeAgainMs)
			}
		}, leftMs)
		this.#renewing.unref()
	}
}
