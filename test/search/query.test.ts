import fc from 'fast-check'
import t from 'tap'
import { parseQuery, QueryError } from '../../src/search/query.ts'
import { anyText } from '../helpers/texts.ts'

const terms = (text: string) => parseQuery(text).terms.map(({ text }) => text)

function errorOf(text: string): unknown {
	try {
		return parseQuery(text)
	} catch (error) {
		return error
	}
}

t.test('words, and phrases in quotes', async (t) => {
	t.same(terms('  Hello   WORLD '), ['hello', 'world'])
	t.same(terms('"Hello   World" again'), ['hello world', 'again'])
	t.same(terms('"say("hi")"'), ['say("hi")'], 'a quote ends a phrase only where a word can end')
	t.same(terms('say("hi")'), ['say("hi")'], 'and begins one only where a word can begin')
	t.same(terms('-v --port -> foo:bar http://x AND OR NOT * ^ NEAR('), [
		'-v',
		'--port',
		'->',
		'foo:bar',
		'http://x',
		'and',
		'or',
		'not',
		'*',
		'^',
		'near(',
	])
	t.same(terms('"from:ada"'), ['from:ada'])
})

t.test('filters', async (t) => {
	t.match(parseQuery('from:Ada in:@bob x'), { from: 'Ada', in: '@bob', terms: [{ text: 'x' }] })
	t.match(parseQuery('FROM:ada'), { from: 'ada', terms: [] })
	t.match(parseQuery('after:2026-11-22 before:2026-11-23'), {
		afterMs: Date.UTC(2026, 10, 22),
		beforeMs: Date.UTC(2026, 10, 23),
	})
	t.match(parseQuery('after:2026-11-22T10:00:00+02:00 before:2024-02-29'), {
		afterMs: Date.UTC(2026, 10, 22, 8),
		beforeMs: Date.UTC(2024, 1, 29),
	})
})

t.test('what is wrong is said, and where', async (t) => {
	for (const [text, problem, at] of [
		['', /nothing to look for/, 1],
		[' \u200b ', /nothing to look for/, 1],
		['one "two', /quote is not closed/, 5],
		['one ""', /nothing between the quotes/, 5],
		['x from:', /from: names nothing/, 3],
		['in:a in:b', /in: can be given once/, 6],
		['before:yesterday', /before: takes a day/, 1],
		['after:2026-02-30', /after: takes a day/, 1],
		['after:2026-11-22T25:00:00Z', /after: takes a day/, 1],
		[Array(17).fill('x').join(' '), /more than 16 words/, 33],
	] as const) {
		t.match(errorOf(text), { problem, at }, text)
	}
})

t.test('any text is a query, or an error that says where', async () => {
	fc.assert(
		fc.property(anyText, (text) => {
			try {
				return parseQuery(text).terms.every((term) => term.text !== '' && term.text === term.text.trim())
			} catch (error) {
				return error instanceof QueryError && error.at >= 1 && error.at <= text.length + 1
			}
		}),
		{ numRuns: 2_000 },
	)
})
