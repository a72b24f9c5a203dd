import { join } from 'node:path'
import { readPrivateFile, writePrivateFile } from './private-files.ts'

export interface SignIn {
	user: string
	token: string
	/** By which the server knows the token: to revoke it. */
	tokenId: string
}

interface Kept {
	/** The address of the server that was signed in to last. */
	last?: string
	servers: { [url: string]: SignIn }
}

/** Who one is on which server, in one file that is nobody else's to read. */
export class SignIns {
	readonly #path: string

	constructor(directory: string) {
		this.#path = join(directory, 'sign-ins.json')
	}

	get last(): string | undefined {
		return this.#read().last
	}

	for(url: string): SignIn | undefined {
		const { servers } = this.#read()
		return Object.hasOwn(servers, url) ? servers[url] : undefined
	}

	keep(url: string, signIn: SignIn): void {
		this.#write({ last: url, servers: { ...this.#read().servers, [url]: signIn } })
	}

	forget(url: string): void {
		const { last, servers } = this.#read()
		const { [url]: _, ...others } = servers
		this.#write({ ...(last === undefined || last === url ? {} : { last }), servers: others })
	}

	#read(): Kept {
		const text = readPrivateFile(this.#path)
		if (text === undefined) return { servers: {} }
		try {
			const { last, servers } = JSON.parse(text) as Kept
			if (typeof servers === 'object' && servers !== null) {
				return { ...(typeof last === 'string' ? { last } : {}), servers }
			}
		} catch {
			// Said below.
		}
		throw new Error(`${this.#path} is not what Tailroom has written: mend it, or remove it and sign in again`)
	}

	#write(kept: Kept): void {
		writePrivateFile(this.#path, `${JSON.stringify(kept, undefined, '\t')}\n`)
	}
}
