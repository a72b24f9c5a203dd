import t from 'tap'
import { inParts } from '../../src/http/long-list.ts'

t.test('a long list is answered in order, and others have their turn meanwhile', async (t) => {
	let turns = 0
	let isDone = false
	const count = () => {
		turns += 1
		if (!isDone) setImmediate(count)
	}
	setImmediate(count)
	const rows = Array.from({ length: 2_000 }, (_, index) => index)
	const answers = await inParts(rows, (row) => row * 2)
	isDone = true
	t.same(
		answers,
		rows.map((row) => row * 2),
	)
	t.ok(turns >= 9, `${turns} turns`)
})
