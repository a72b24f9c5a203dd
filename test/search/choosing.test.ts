import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { chooseTokens, Frequencies } from '../../src/search/choosing.ts'

t.test('rare tokens are chosen, and no more than are worth it', async (t) => {
	const sample = Array.from(
		{ length: 1_000 },
		(_, i) => `common ${i % 20 === 0 ? 'middle' : ''} ${i === 500 ? 'rarest' : ''}`,
	)
	const frequencies = new Frequencies(sample)
	const choose = (...terms: string[][]) => chooseTokens(terms, frequencies, 1_000_000)
	t.same(choose(['com', 'omm', 'mmo']), ['com'], 'who looks for what is everywhere finds it at once')
	t.same(choose(['com'], ['rar', 'are', 'res']), ['rar', 'are', 'res'])
	t.same(choose(['com'], ['mid'], ['unk']), ['unk', 'mid'])
	t.same(choose(['nev', 'eve', 'ver', 'ers', 'een']), ['nev', 'eve', 'ver'], 'until few are left')
	t.same(chooseTokens([['com'], ['mid', 'idd']], frequencies, 100), ['mid'], 'few they are from the beginning')
	t.same(choose(), [])
})

t.test('from any terms something of theirs is chosen, each once', async () => {
	const token = fc.string({ minLength: 1, maxLength: 3 })
	const terms = fc.array(fc.uniqueArray(token, { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 9 })
	fc.assert(
		fc.property(fc.array(fc.string()), terms, fc.nat(), (sample, terms, messages) => {
			const chosen = chooseTokens(terms, new Frequencies(sample), messages)
			assert.ok(chosen.length > 0)
			for (const one of chosen) assert.ok(terms.flat().includes(one))
		}),
	)
})
