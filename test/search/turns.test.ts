import t from 'tap'
import { Turns } from '../../src/search/turns.ts'

t.test('callers take turns, however much one of them asks', async (t) => {
	const turns = new Turns<string>()
	for (const work of ['a1', 'a2', 'a3']) turns.add('a', work)
	turns.add('b', 'b1')
	turns.add('c', 'c1')
	const next = () => turns.next()?.work
	t.same([next(), next(), next(), next()], ['a1', 'b1', 'c1', 'a1'])
	turns.remove('a', 'a1')
	turns.remove('b', 'b1')
	t.same([next(), next(), next()], ['c1', 'a2', 'c1'])
	turns.remove('a', 'a3')
	turns.remove('c', 'c1')
	t.equal(next(), 'a2')
	turns.remove('a', 'a2')
	t.equal(next(), undefined)
	turns.remove('a', 'a2')
})
