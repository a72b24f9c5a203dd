import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillLivedIn, type LivedIn } from './lived-in.ts'
import { Caller, median, quantile, Subscriber } from './load.ts'
import { type BenchServer, startBenchServer } from './server.ts'

/** The small and the large. */
const sizes = [10_000, 1_000_000] as const
const warmUp = 200
const times = 1_000

/** What is asked, the i-th time. */
const asked: Record<string, (house: House, i: number) => Promise<void>> = {
	'a page of history, the newest': (house, i) => house.get(`/rooms/${house.room(i)}/messages`),
	'a page of history, from the middle': (house, i) =>
		house.get(`/rooms/${house.room(i)}/messages?before=${house.middle}`),
	'unread counts of 50 rooms': (house) => house.get('/rooms'),
	'all that a client begins with': (house) => house.get('/sync'),
	'resumed 100 messages back, until live': (house) => house.resume(),
}

/**
 * What somebody who is in 50 rooms waits for, in a house with a short log and in one with a long one.
 * The two are asked in turn, so that what else the machine does happens to both.
 */
export async function benchLargeLog(): Promise<string[]> {
	const houses: House[] = []
	try {
		for (const events of sizes) houses.push(await House.open(events))
		const lines: string[] = []
		for (const [what, ask] of Object.entries(asked)) {
			const latencies = houses.map((): number[] => [])
			for (let i = -warmUp; i < times; i++) {
				const order = i % 2 === 0 ? [0, 1] : [1, 0]
				for (const n of order) {
					const startedAt = performance.now()
					await ask(houses[n] as House, i + warmUp)
					if (i >= 0) latencies[n]?.push(performance.now() - startedAt)
				}
			}
			lines.push(line(what, latencies as [number[], number[]]))
		}
		return lines
	} finally {
		for (const house of houses) await house.close()
	}
}

function line(what: string, latencies: readonly [number[], number[]]): string {
	const figures = latencies.map((values, n) => {
		return `${sizes[n]} events p50 ${median(values).toFixed(2)} ms, p99 ${quantile(values, 0.99).toFixed(2)} ms`
	})
	const [small, large] = latencies.map(median) as [number, number]
	return `${what}: ${figures.join('; ')}; ratio ${(large / small).toFixed(2)}`
}

/** A server with a log that was filled, and somebody's connection to it. */
class House {
	/** A message in the middle of each room's history. */
	readonly middle: number
	readonly #server: BenchServer
	readonly #lived: LivedIn
	readonly #headers: string
	/** From the first request on: a connection that asks nothing is closed while the other house is filled. */
	#caller: Caller | undefined
	/** Open throughout, so that coming and going is not recorded each time. */
	readonly #stream: Subscriber

	private constructor(server: BenchServer, lived: LivedIn, headers: string, stream: Subscriber) {
		this.middle = lived.middle
		this.#server = server
		this.#lived = lived
		this.#headers = headers
		this.#stream = stream
	}

	static async open(events: number): Promise<House> {
		const directory = mkdtempSync(join(tmpdir(), 'tailroom-bench-'))
		const lived = await fillLivedIn(join(directory, 'data'), events)
		const headers = `Authorization: Bearer ${lived.token}\r\n`
		const server = await startBenchServer({ directory })
		const stream = await Subscriber.open(server.port, '/events', headers)
		return new House(server, lived, headers, stream)
	}

	room(i: number): string {
		return this.#lived.rooms[i % this.#lived.rooms.length] as string
	}

	async get(path: string): Promise<void> {
		this.#caller ??= await Caller.open(this.#server.port)
		await this.#caller.get(path, this.#headers)
	}

	async resume(): Promise<void> {
		const path = `/events?after=${this.#lived.hundredBack}`
		const stream = await Subscriber.open(this.#server.port, path, this.#headers)
		stream.close()
	}

	async close(): Promise<void> {
		this.#stream.close()
		this.#caller?.close()
		await this.#server.stop()
	}
}
