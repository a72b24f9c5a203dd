import { mkdirSync, mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EventShapes, type EventType, type NewEvent, schemaVersions } from '../src/events/catalogue.ts'
import type { AppendableEvent, EventLog } from '../src/events/log.ts'
import { openLogForWriting } from '../src/events/sqlite-log.ts'
import { hashSecret, newSecret } from '../src/http/auth/secrets.ts'
import { digestOfName } from '../src/projections/users.ts'
import { indexPath } from '../src/search/search-index.ts'
import { Caller, median, quantile } from './load.ts'
import { type BenchServer, startBenchServer } from './server.ts'
import { numbers, texts, words } from './texts.ts'

const messages = 1_000_000
const roomCount = 100
const peopleCount = 200
const warmUp = 20
const times = 300

/** What is looked for, the i-th time. */
const asked: Record<string, (i: number, random: () => number) => string> = {
	'a common word': (i) => words[i % 40] as string,
	'a word of the middle': (i) => words[200 + 3 * i] as string,
	'a rare word': (i) => words[20_000 + 100 * i] as string,
	'a word that nobody has said': (i) =>
		`${(words[300 + i] as string).slice(0, 4)}${(words[9_000 + i] as string).slice(-4)}`,
	'a part of a word': (i) => (words[2_000 + 40 * i] as string).slice(1, 5),
	'two letters': (i) => ['of', 'is', 'me', 'go', 'we'][i % 5] as string,
	'two common words and one of the middle': (i) => `${words[40 + (i % 30)]} ${words[70 + (i % 30)]} ${words[400 + i]}`,
	'four common words': (i) => [60, 90, 120, 150].map((rank) => words[rank + (i % 25)]).join(' '),
	'a phrase of common words': (i) => `"${words[i % 40]} ${words[40 + (i % 40)]}"`,
	'a common word in a small room': (i) => `${words[i % 40]} in:room-${roomCount - 1 - (i % 4)}`,
	'a rare word in a small room': (i) => `${words[5_000 + i]} in:room-${roomCount - 1 - (i % 4)}`,
	'a common word by somebody': (i) => `${words[i % 40]} from:person-${1 + (i % peopleCount)}`,
	'two Chinese characters': (i) => ['时道', '中国', '我们', '天如', '来以'][i % 5] as string,
	code: (i) => `${words[i % 40]}->${words[(i * 7) % 60]}(`,
	'a day, a word': (i) => `${words[40 + i]} before:2026-09-${10 + (i % 15)}`,
}

/** How quickly a log becomes an index, how large that is, and how long a search takes in it. */
export async function benchSearch(): Promise<string[]> {
	const directory = mkdtempSync(join(tmpdir(), 'tailroom-bench-'))
	const token = await fill(join(directory, 'data'))
	const server = await startBenchServer({ directory })
	try {
		const startedAt = performance.now()
		const cpu = server.cpuSeconds()
		const few = { Authorization: `Bearer ${token.ofSome}` }
		const all = { Authorization: `Bearer ${token.ofAll}` }
		await untilComplete(server, all)
		const seconds = (performance.now() - startedAt) / 1_000
		const caller = await Caller.open(server.port)
		const mib = (path: string) => (statSync(path).size / 1_048_576).toFixed(0)
		const [index, log] = [indexPath(join(directory, 'data')), join(directory, 'data', 'log.db')]
		const lines = [
			`${messages} messages indexed in ${seconds.toFixed(0)} s, ${(messages / seconds).toFixed(0)}/s; ` +
				`${(server.cpuSeconds() - cpu).toFixed(0)} s of CPU; index ${mib(index)} MiB, log ${mib(log)} MiB`,
		]
		for (const [who, headers] of [
			['in all rooms', all],
			['in 4 small rooms', few],
		] as const) {
			for (const [what, query] of Object.entries(asked))
				lines.push(`${what}, ${who}: ${await measured(caller, headers, query)}`)
		}
		lines.push(`memory of the server: ${(server.residentBytes() / 1_048_576).toFixed(0)} MiB`)
		caller.close()
		return lines
	} finally {
		await server.stop()
	}
}

async function measured(caller: Caller, headers: Headers, query: (typeof asked)[string]): Promise<string> {
	const random = numbers(5)
	const latencies: number[] = []
	for (let i = -warmUp; i < times; i++) {
		const path = `/search?q=${encodeURIComponent(query(Math.abs(i), random))}`
		const startedAt = performance.now()
		await caller.get(path, lines(headers))
		if (i >= 0) latencies.push(performance.now() - startedAt)
	}
	const [p50, p99, max] = [median(latencies), quantile(latencies, 0.99), Math.max(...latencies)]
	return `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, at most ${max.toFixed(1)} ms`
}

type Headers = Readonly<Record<string, string>>

function lines(headers: Headers): string {
	return Object.entries(headers)
		.map(([name, value]) => `${name}: ${value}\r\n`)
		.join('')
}

async function untilComplete({ port }: BenchServer, headers: Headers): Promise<void> {
	for (;;) {
		const response = await fetch(`http://127.0.0.1:${port}/search?q=x`, { headers })
		if (((await response.json()) as { complete?: boolean }).complete === true) return
		// Asking is work too.
		await new Promise((resolve) => setTimeout(resolve, 250))
	}
}

/** A house of that many messages in rooms of very different sizes: the last ones are small. */
async function fill(directory: string): Promise<{ ofAll: string; ofSome: string }> {
	mkdirSync(directory, { recursive: true })
	const log = openLogForWriting(join(directory, 'log.db'))
	const house = new House(log)
	const token = { ofAll: newSecret('token'), ofSome: newSecret('token') }
	await house.moveIn(token)
	const random = numbers(9)
	const said = texts(3)
	const sequences = Array(roomCount).fill(0)
	for (let i = 1; i <= messages; i++) {
		const room = Math.floor(random() ** 3 * roomCount)
		sequences[room] += 1
		const author = 1 + Math.floor(random() ** 2 * peopleCount)
		const data = { room: `room-${room}`, messageId: `m-${i}`, sequence: sequences[room], userId: userId(author) }
		await house.add({ streamId: roomId(room), type: 'MessagePosted', data, body: { content: said.next().value } })
	}
	await house.flush()
	log.close()
	return token
}

class House {
	readonly #log: EventLog
	#batch: AppendableEvent[] = []
	#position = 0

	constructor(log: EventLog) {
		this.#log = log
	}

	async moveIn(token: { ofAll: string; ofSome: string }): Promise<void> {
		for (let number = 0; number <= peopleCount; number++) {
			const [userIdOf, name] = [userId(number), `person-${number}`]
			const data = { userId: userIdOf, nameDigest: digestOfName(name, this.#log.logId), role: 'member' } as const
			await this.add({ streamId: userIdOf, type: 'UserJoined', data, body: { name } })
		}
		for (const [number, secret] of [token.ofAll, token.ofSome].entries()) {
			const userIdOf = userId(number)
			const issued = {
				userId: userIdOf,
				tokenId: `token-${number}`,
				secretHash: hashSecret(secret),
				scope: 'full',
			} as const
			await this.add({ streamId: userIdOf, type: 'TokenIssued', data: issued, body: { label: '' } })
		}
		for (let number = 0; number < roomCount; number++) {
			const [streamId, room] = [roomId(number), `room-${number}`]
			await this.add({ streamId, type: 'RoomOpened', data: { room, visibility: 'private' }, body: null })
			for (const person of number >= roomCount - 4 ? [0, 1] : [0]) {
				const data = { room, userId: userId(person), role: 'member' } as const
				await this.add({ streamId, type: 'MemberAdded', data, body: null })
			}
		}
	}

	async add<Type extends EventType>(event: {
		streamId: string
		type: Type
		data: EventShapes[Type]['data']
		body: EventShapes[Type]['body']
	}): Promise<void> {
		this.#position += 1
		this.#batch.push({
			...(event as NewEvent),
			eventId: `event-${this.#position}`,
			schemaVersion: schemaVersions[event.type],
			// A message every two seconds.
			recordedAt: 1_788_000_000_000 + 2_000 * this.#position,
			metadata: { actor: 'system' },
		})
		if (this.#batch.length === batchEvents) await this.flush()
	}

	async flush(): Promise<void> {
		await this.#log.append(this.#position - this.#batch.length, this.#batch)
		this.#batch = []
	}
}

const batchEvents = 2_000

function userId(number: number): string {
	return `user-${ulid(number)}`
}

function roomId(number: number): string {
	return `room-${ulid(number)}`
}

function ulid(number: number): string {
	return `01M80VQ${String(number).padStart(19, '0')}`
}
