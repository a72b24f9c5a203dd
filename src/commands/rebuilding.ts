import { type Build, type OnProgress, startBuild } from '../projections/rebuild.ts'
import type { FromWriter, ToWriter } from './writer-thread.ts'

export class RebuildUnderWay extends Error {
	constructor() {
		super('a rebuild is under way already: wait until it is complete')
	}
}

type Switched = Extract<FromWriter, { type: 'switched' | 'notSwitched' }>

/**
 * A rebuild as the writer's side of the main thread sees it: a thread builds, then the writer goes over
 * to what was built between two batches, then those who read do, then the old views are removed.
 *
 * The writer says that it has switched before it answers anything that is in the new views alone. So
 * nobody who reads finds the head moved back, or misses what was answered.
 */
export class Rebuilding {
	readonly #directory: string
	readonly #send: (message: ToWriter) => void
	readonly #replaced: (path: string) => void
	#build: Build | undefined
	#switching: PromiseWithResolvers<void> | undefined

	constructor(directory: string, send: (message: ToWriter) => void, replaced: (path: string) => void) {
		this.#directory = directory
		this.#send = send
		this.#replaced = replaced
	}

	async run(onProgress: OnProgress): Promise<{ events: number }> {
		if (this.#build !== undefined) throw new RebuildUnderWay()
		this.#build = startBuild(this.#directory, onProgress)
		try {
			const { events, path } = await this.#build.built
			this.#switching = Promise.withResolvers()
			this.#send({ type: 'switch', building: path })
			await this.#switching.promise
			return { events }
		} finally {
			this.#build = undefined
			this.#switching = undefined
		}
	}

	/** What the writer says of its switch. */
	switched(message: Switched): void {
		if (message.type === 'notSwitched') return this.#switching?.reject(new Error(message.message))
		this.#replaced(message.path)
		this.#send({ type: 'reopened' })
		this.#switching?.resolve()
	}

	/** What is being built is given up. */
	async stop(): Promise<void> {
		await this.#build?.stop()
	}
}
