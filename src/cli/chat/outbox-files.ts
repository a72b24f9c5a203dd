import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { OutboxStorage } from '../../client/outbox.ts'
import { readPrivateFile, writePrivateFile } from '../remote/private-files.ts'

/** What waits to be sent survives the terminal, a file each: so two terminals at once take nothing from each other. */
export class OutboxFiles implements OutboxStorage {
	readonly #directory: string
	#keys: string[] = []

	constructor(directory: string) {
		this.#directory = join(directory, 'outbox')
	}

	get length(): number {
		this.#keys = this.#files().flatMap((file) => {
			const key = this.#read(join(this.#directory, file))?.key
			return key === undefined ? [] : [key]
		})
		return this.#keys.length
	}

	/** As of when the length was asked for. */
	key(index: number): string | null {
		return this.#keys[index] ?? null
	}

	/** Null only where there is none, for that says that it was sent. What is there and cannot be read is an empty text. */
	getItem(key: string): string | null {
		const path = this.#pathOf(key)
		return this.#read(path)?.value ?? (isThere(path) ? '' : null)
	}

	setItem(key: string, value: string): void {
		writePrivateFile(this.#pathOf(key), JSON.stringify({ key, value }))
	}

	removeItem(key: string): void {
		rmSync(this.#pathOf(key), { force: true })
	}

	#files(): string[] {
		try {
			return readdirSync(this.#directory).filter((file) => file.endsWith('.json'))
		} catch {
			return []
		}
	}

	/** Undefined: there is none, or it says nothing. */
	#read(path: string): { key: string; value: string } | undefined {
		try {
			const { key, value } = JSON.parse(readPrivateFile(path) ?? '{}')
			return typeof key === 'string' && typeof value === 'string' ? { key, value } : undefined
		} catch {
			return undefined
		}
	}

	/** A key holds an address, which may be longer than a file's name. */
	#pathOf(key: string): string {
		return join(this.#directory, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`)
	}
}

function isThere(path: string): boolean {
	try {
		lstatSync(path)
		return true
	} catch (error) {
		return (error as NodeJS.ErrnoException).code !== 'ENOENT'
	}
}
