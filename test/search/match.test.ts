import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { fold } from '../../src/search/fold.ts'
import { highlightsIn, matches, termOf } from '../../src/search/match.ts'
import { tokensFor, tokensOf } from '../../src/search/tokens.ts'
import { anyPieces, anyText } from '../helpers/texts.ts'

function isFound(query: string, text: string): boolean {
	return matches(fold(text), [termOf(fold(query).trim())])
}

t.test('words are found, and parts of words, and code', async (t) => {
	for (const [query, text] of [
		['ship', 'The SHIPS have left'],
		['wor', 'two swords'],
		['foo->bar(', 'if (foo->bar(1)) return'],
		['err_42', 'it says ERR_42.'],
		['src/http', 'see src/http/routes.ts'],
		['C#', 'in C# and C'],
		['->', 'a->b'],
		['::', 'std::move'],
		['go', 'let us go!'],
		['C', 'written in C, not in'],
		['ok', '(ok)'],
		['x', 'x->y'],
		['天气', '今天天气很好'],
		['气', '今天天气很好'],
		['東京', '東京に行きました'],
		['국어', '한국어'],
		['ไป', 'เขาไปบ้าน'],
		['👍', 'nice 👍'],
		['to be or', 'to be or not to be'],
		['good morning', 'Good\n\tmorning'],
	] as const) {
		t.ok(isFound(query, text), `${query} in ${text}`)
	}
})

t.test('of letters, one or two are a whole word', async (t) => {
	for (const [query, text] of [
		['go', 'category'],
		['go', 'gopher'],
		['c', 'abc'],
		['c#', 'abc#'],
		['o b', 'two bees'],
		['ok', 'книга'],
		['a', 'ä̈b'],
	] as const) {
		t.notOk(isFound(query, text), `${query} in ${text}`)
	}
})

const anyTerm = anyText.map((text) => fold(text).trim()).filter((text) => text !== '')

t.test('what matches has all tokens by which it is looked up, whatever it is', async () => {
	let found = 0
	const cutOut = fc.tuple(anyPieces, fc.nat(30), fc.nat(30)).map(([pieces, from, length]) => {
		return [
			pieces.join(''),
			fold(
				pieces
					.slice(from % (pieces.length + 1))
					.slice(0, length)
					.join(''),
			).trim(),
		] as const
	})
	fc.assert(
		fc.property(fc.oneof(cutOut, fc.tuple(anyText, anyTerm)), ([text, query]) => {
			if (query === '') return
			const tokens = tokensFor(query)
			assert.ok(tokens.length >= 1)
			if (!matches(fold(text), [termOf(query)])) return
			found += 1
			const all = tokensOf(fold(text))
			for (const token of tokens) assert.ok(all.has(token), JSON.stringify(token))
		}),
		{ numRuns: 5_000 },
	)
	assert.ok(found > 500, `${found} were found`)
})

t.test('a part of a text of at least three characters at each end is found in it', async () => {
	fc.assert(
		fc.property(anyPieces, fc.nat(30), fc.nat(30), (pieces, from, length) => {
			const part = pieces.slice(from % (pieces.length + 1)).slice(0, length)
			const query = fold(part.join('')).trim()
			const [first = '', last = ''] = [query.split(' ').at(0), query.split(' ').at(-1)]
			if ([...first].length < 3 || [...last].length < 3) return
			assert.ok(isFound(query, pieces.join('')))
		}),
		{ numRuns: 3_000 },
	)
})

t.test('what is highlighted is what was looked for', async () => {
	fc.assert(
		fc.property(anyPieces, anyPieces, (pieces, some) => {
			const query = fold(some.slice(0, 4).join('')).trim()
			if (query === '') return
			const text = pieces.join('') + some.slice(0, 4).join('')
			const highlights = highlightsIn(text, [termOf(query)])
			assert.equal(highlights !== undefined, isFound(query, text))
			let last = -1
			for (const [start, end] of highlights ?? []) {
				assert.ok(start > last && end > start && end <= text.length)
				last = end
				assert.ok(fold(text.slice(start, end)).includes(query), JSON.stringify([text, query, start, end]))
			}
		}),
		{ numRuns: 3_000 },
	)
})

t.test('highlights are counted in UTF-16 units of the text as it was written', async (t) => {
	const at = (text: string, ...queries: string[]) =>
		highlightsIn(
			text,
			queries.map((query) => termOf(fold(query))),
		)
	t.same(at('an e\ufb03cient one', 'ffi'), [[4, 5]], 'a character that stands for three')
	t.same(at('an e\ufb03cient one', 'effic'), [[3, 6]])
	t.same(at('in İSTANBUL', 'istanbul'), [[3, 11]])
	t.same(at('👋👋 cafe\u0301!', 'café'), [[5, 10]])
	t.same(at('one two one', 'one', 'two'), [
		[0, 3],
		[4, 7],
		[8, 11],
	])
	t.same(at('abcabc', 'abc', 'bca'), [[0, 6]], 'what overlaps is one')
	t.same(at('one', 'one', 'two'), undefined)
	t.equal(at('hey '.repeat(500), 'hey')?.length, 100)
})
