import t from 'tap'
import { Turns } from '../../src/http/turns.ts'

/** Work that ends when it is told to. */
function startWork(turns: Turns, name: string, log: string[]) {
	const { promise, resolve, reject } = Promise.withResolvers<string>()
	const done = turns.run(() => {
		log.push(name)
		return promise
	})
	return { done, resolve, reject }
}

t.test('a few at once, the others in the order in which they came', async (t) => {
	const turns = new Turns(2, 8)
	const begun: string[] = []
	const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => startWork(turns, name, begun)) as [
		ReturnType<typeof startWork>,
		ReturnType<typeof startWork>,
		ReturnType<typeof startWork>,
		ReturnType<typeof startWork>,
	]
	await undefined
	t.same(begun, ['a', 'b'])
	b.resolve('of b')
	t.equal(await b.done, 'of b')
	const late = startWork(turns, 'late', begun)
	await undefined
	t.same(begun, ['a', 'b', 'c'])
	a.reject(new Error('went wrong'))
	await t.rejects(a.done, { message: 'went wrong' })
	c.resolve('')
	d.resolve('')
	late.resolve('')
	await Promise.all([c.done, d.done, late.done])
	t.same(begun, ['a', 'b', 'c', 'd', 'late'])
	const next = [startWork(turns, 'e', begun), startWork(turns, 'f', begun)]
	await undefined
	t.same(begun.slice(-2), ['e', 'f'], 'all turns are free again')
	for (const { resolve } of next) resolve('')
})

t.test('what does not fit the queue is refused, and the rest goes on', async (t) => {
	const turns = new Turns(1, 2)
	const begun: string[] = []
	const works = ['a', 'b', 'c'].map((name) => startWork(turns, name, begun))
	await t.rejects(startWork(turns, 'd', begun).done, { code: 'overloaded' })
	for (const { resolve } of works) resolve('')
	await Promise.all(works.map(({ done }) => done))
	t.same(begun, ['a', 'b', 'c'])
})

t.test('who is stopped while they wait leaves the line', async (t) => {
	const turns = new Turns(1, 8)
	const begun: string[] = []
	const first = startWork(turns, 'first', begun)
	const stopped = new AbortController()
	const waiting = turns.run(async () => begun.push('stopped'), stopped.signal)
	const last = startWork(turns, 'last', begun)
	stopped.abort(new Error('not any more'))
	await t.rejects(waiting, { message: 'not any more' })
	first.resolve('')
	await first.done
	last.resolve('')
	await last.done
	t.same(begun, ['first', 'last'])
})
