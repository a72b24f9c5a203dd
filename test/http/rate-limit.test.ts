import t from 'tap'
import { guestNamed, system } from '../../src/commands/actor.ts'
import type { RequestError } from '../../src/http/errors.ts'
import { limitedCallersMax } from '../../src/http/limits.ts'
import { RateLimit } from '../../src/http/rate-limit.ts'
import { person } from '../helpers/account-events.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { addPerson } from '../helpers/people.ts'
import { openWebSocket } from '../helpers/websocket.ts'

const ada = person('ada', 'member')
const guest = (name: string) => guestNamed(name, 'a log')
const elsewhere = '192.0.2.1'

function limitOf({ perSecond = 2, sparesLoopback = false } = {}) {
	const clock = { now: 0 }
	const says = (n: number) => `You may do it ${n} times a second.`
	return { clock, limit: new RateLimit({ says, perSecond, burstSeconds: 5, sparesLoopback, now: () => clock.now }) }
}

function refusal(limit: RateLimit, ...of: Parameters<RateLimit['take']>): RequestError | undefined {
	try {
		limit.take(...of)
		return undefined
	} catch (error) {
		return error as RequestError
	}
}

t.test('what was saved up may be spent at once, then there is so much a second', async (t) => {
	const { clock, limit } = limitOf()
	for (let i = 0; i < 10; i++) t.equal(refusal(limit, ada, elsewhere), undefined)
	t.match(refusal(limit, ada, elsewhere), { code: 'rate_limited', detail: /2 times a second/, retryAfterS: 1 })
	clock.now += 500
	t.equal(refusal(limit, ada, elsewhere), undefined)
	t.ok(refusal(limit, ada, elsewhere))
	clock.now += 3_600_000
	t.same(limit.remainingOf(ada, elsewhere), { perSecond: 2, burst: 10, remaining: 10 }, 'no more than fits')
	clock.now -= 10_000
	t.equal(limit.remainingOf(ada, elsewhere)?.remaining, 10, 'a clock that is set back takes nothing away')
})

t.test('what is rare is waited for longer', async (t) => {
	const { limit } = limitOf({ perSecond: 0.1 })
	limit.take(ada, elsewhere)
	t.match(refusal(limit, ada, elsewhere), { retryAfterS: 10 })
})

t.test('who has an account is that, and a guest is an address, of a network where it is one', async (t) => {
	const { limit } = limitOf()
	for (let i = 0; i < 10; i++) limit.take(ada, elsewhere)
	t.ok(refusal(limit, ada, '198.51.100.7'))
	t.notOk(refusal(limit, guest('ada'), elsewhere))
	for (let i = 0; i < 9; i++) limit.take(guest(`g${i}`), elsewhere)
	t.ok(refusal(limit, guest('new'), elsewhere))
	for (let i = 0; i < 10; i++) limit.take(guest('v6'), `2001:db8::${i}`)
	t.ok(refusal(limit, guest('v6'), '2001:db8::ffff'))
	t.notOk(refusal(limit, guest('v6'), '2001:db8:0:1::1'))
})

t.test('who is spared, and what is no limit', async (t) => {
	const { limit } = limitOf({ sparesLoopback: true })
	for (const address of ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1']) {
		for (let i = 0; i < 20; i++) limit.take(guest('ada'), address)
		t.equal(limit.remainingOf(ada, address), undefined)
	}
	t.ok(limit.remainingOf(ada, elsewhere))
	const none = limitOf({ perSecond: 0 }).limit
	const all = limitOf().limit
	for (let i = 0; i < 20; i++) {
		none.take(ada, elsewhere)
		all.take(system, elsewhere)
	}
	t.equal(none.remainingOf(ada, elsewhere), undefined)
})

t.test('callers who are many are forgotten, but for those who have just been there', async (t) => {
	const { clock, limit } = limitOf()
	for (let i = 0; i < 10; i++) limit.take(ada, elsewhere)
	clock.now += 1_000
	for (let i = 0; i <= limitedCallersMax; i++) limit.take(guest('g'), `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)
	t.equal(limit.remainingOf(ada, elsewhere)?.remaining, 2)
})

t.test('a caller from elsewhere is told what is left before it is nothing, and then when to try again', async (t) => {
	const house = await startHouse(t, { trustedProxies: ['127.0.0.1'], postsPerSecond: undefined })
	const bob = await addPerson(house.url, house.owner, 'bob')
	const post = (address: string) =>
		askJson(
			house.url,
			'/rooms/general/messages',
			{ content: 'hi' },
			{
				headers: { ...bob.headers, 'X-Forwarded-For': address },
			},
		)
	const hints: (string | undefined)[] = []
	let answer = await post(elsewhere)
	t.notOk('tailroom-limit-remaining' in answer.headers, 'nothing of it where there is much left')
	for (let i = 0; i < 1_000 && answer.status === 201; i++) {
		answer = await post(elsewhere)
		hints.push(answer.headers['tailroom-limit-remaining']?.toString())
	}
	isProblem(t, answer, 429, 'rate_limited', /20 messages a second/)
	t.equal(answer.headers['retry-after'], '1')
	const told = hints.filter((hint) => hint !== undefined).map(Number)
	// While the last ones are answered some more may have been saved up.
	t.ok(told.length > 20 && told[0] === 49 && Math.min(...told) < 5, `${told[0]} … ${told.at(-1)}`)
	t.match(answer.headers, { 'tailroom-limit-per-second': '20', 'tailroom-limit-burst': '100' })
	const reading = await ask(house.url, '/rooms/general', { headers: { ...bob.headers, 'X-Forwarded-For': elsewhere } })
	t.equal(reading.status, 200, 'reading goes on')
	t.equal((await post('127.0.0.1')).status, 201, 'on this machine there is no limit')
})

t.test('asking has a limit too, also over WebSocket, and there it says when to try again', async (t) => {
	const house = await startHouse(t, { postsPerSecond: 1 })
	const socket = await openWebSocket(t, `${house.url.replace('http', 'ws')}/ws`, house.owner.headers)
	for (let i = 0; i < 200; i++) socket.send({ type: 'get_history', room: 'general', limit: 1 })
	t.match(await socket.untilType('error'), { code: 'rate_limited', error: /10 times a second/, retryAfterS: 1 })
	const answer = await ask(house.url, '/rooms', { headers: house.owner.headers })
	isProblem(t, answer, 429, 'rate_limited', /10 times a second/)
	t.equal((await ask(house.url, '/healthz')).status, 200)
})
