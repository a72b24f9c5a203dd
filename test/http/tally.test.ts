import t from 'tap'
import { Tally } from '../../src/http/metrics/tally.ts'

t.test('each value is counted in the first bucket that holds it, and in one of its own if none does', async (t) => {
	const tally = new Tally([1, 2, 4])
	for (const value of [0, 1, 1.5, 2, 4, 4.1, 100]) tally.add(value)
	t.same(tally.counts, [2, 2, 1, 2])
	t.equal(tally.sum, 112.6)
})
