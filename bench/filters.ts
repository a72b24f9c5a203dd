import { type Following, roundCost } from './fan-out.ts'
import { Caller, median, Subscriber } from './load.ts'
import { startBenchServer } from './server.ts'

const subscriberCount = 1_000
const filterCount = 20
const inFlight = 64
const messages = 6_400
const rounds = 5

/** All of them want every message, so that as much is delivered as without: what is measured is the asking. */
const filters = Array.from({ length: filterCount }, (_, i) => `type == "message" && !content.contains("nothing ${i}")`)

async function open(pathOf: (index: number) => string): Promise<Following> {
	const server = await startBenchServer()
	const subscribers = await Promise.all(
		Array.from({ length: subscriberCount }, (_, i) => Subscriber.open(server.port, pathOf(i))),
	)
	const callers = await Promise.all(Array.from({ length: inFlight }, () => Caller.open(server.port)))
	return { server, subscribers, callers }
}

/** What 20 different filters cost 1,000 who follow, in turn with as many who follow without one. */
export async function benchFilters(): Promise<string[]> {
	const room = '/rooms/general/events'
	const plain = await open(() => room)
	const filtered = await open((i) => `${room}?filter=${encodeURIComponent(filters[i % filterCount] as string)}`)
	const costs: { plain: number; filtered: number }[] = []
	for (let round = 0; round <= rounds; round++) {
		const both = {
			plain: await roundCost(plain, messages, round),
			filtered: await roundCost(filtered, messages, round),
		}
		// The first round warms up.
		if (round > 0) costs.push(both)
	}
	for (const { server, subscribers, callers } of [plain, filtered]) {
		for (const client of [...subscribers, ...callers]) client.close()
		await server.stop()
	}
	const ratios = costs.map(({ plain, filtered }) => filtered / plain)
	const [low, high] = [Math.min(...ratios), Math.max(...ratios)]
	return [
		`CPU of the server a delivery, ${subscriberCount} subscribers: ${median(costs.map(({ plain }) => plain)).toFixed(2)} µs`,
		`the same with ${filterCount} different filters that want all: ${median(costs.map(({ filtered }) => filtered)).toFixed(2)} µs`,
		`ratio: ${median(ratios).toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)} in ${rounds} rounds)`,
	]
}
