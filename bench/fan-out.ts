import { Caller, median, Subscriber } from './load.ts'
import { type BenchServer, startBenchServer } from './server.ts'

const subscriberCount = 1_000
const content = 'a message of the length that people write'
const rounds = 5

/** The server's CPU for a delivery to one of 1,000 who follow, with so many posts in flight. */
async function deliveryCost(
	inFlight: number,
	messages: number,
): Promise<{ microseconds: number[]; residentKib: number }> {
	const server = await startBenchServer()
	const before = server.residentBytes()
	const subscribers = await Promise.all(Array.from({ length: subscriberCount }, () => Subscriber.open(server.port)))
	const residentKib = (server.residentBytes() - before) / subscriberCount / 1024
	const callers = await Promise.all(Array.from({ length: inFlight }, () => Caller.open(server.port)))
	const microseconds: number[] = []
	for (let round = 0; round <= rounds; round++) {
		const cost = await roundCost({ server, subscribers, callers }, messages, round)
		// The first round warms up.
		if (round > 0) microseconds.push(cost)
	}
	for (const client of [...subscribers, ...callers]) client.close()
	await server.stop()
	return { microseconds, residentKib }
}

/** A server, those who follow it, and those who post. */
export interface Following {
	server: BenchServer
	subscribers: Subscriber[]
	callers: Caller[]
}

/** Microseconds of the server's CPU a message and subscriber, until all have the last one. */
export async function roundCost(
	{ server, subscribers, callers }: Following,
	messages: number,
	round: number,
): Promise<number> {
	const last = `the end of round ${round}`
	const seen = Promise.all(subscribers.map((subscriber) => subscriber.sees(last)))
	const cpu = server.cpuSeconds()
	let left = messages
	await Promise.all(
		callers.map(async (caller) => {
			while (left-- > 0) await caller.post(content)
		}),
	)
	await callers[0]?.post(last)
	await seen
	return ((server.cpuSeconds() - cpu) * 1e6) / ((messages + 1) * subscribers.length)
}

export async function benchFanOut(): Promise<string[]> {
	const many = await deliveryCost(64, 6_400)
	const one = await deliveryCost(1, 300)
	return [
		`CPU of the server a delivery, ${subscriberCount} subscribers, 64 posts in flight: ${figure(many.microseconds)}`,
		`the same, one post at a time: ${figure(one.microseconds)}`,
		`memory a subscriber: ${many.residentKib.toFixed(0)} KiB`,
	]
}

function figure(values: readonly number[]): string {
	const [low, high] = [Math.min(...values), Math.max(...values)]
	return `${median(values).toFixed(2)} µs (${low.toFixed(2)} to ${high.toFixed(2)} in ${values.length} rounds)`
}
