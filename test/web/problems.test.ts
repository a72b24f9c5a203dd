import t from 'tap'
import { inWords } from '../../web/src/state/problems.ts'
import { wholeTime } from '../../web/src/ui/time.ts'

t.test('a time that the server says is told as the reader tells it', async (t) => {
	const until = Date.UTC(2026, 10, 28, 7)
	const iso = new Date(until).toISOString()
	t.equal(inWords(`You may say nothing until ${iso}.`), `You may say nothing until ${wholeTime(until)}.`)
	t.equal(inWords(`${iso}, ${iso}`), `${wholeTime(until)}, ${wholeTime(until)}`)
	for (const text of ['2026-13-32T99:00:00.000Z', '2026-11-28', 'in 5 s']) t.equal(inWords(text), text)
})
