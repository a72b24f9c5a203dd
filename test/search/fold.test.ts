import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { fold, foldWithPlaces } from '../../src/search/fold.ts'
import { anyText } from '../helpers/texts.ts'

t.test('what people take for the same folds to the same', async (t) => {
	const same = [
		['strasse', 'STRASSE', 'straße', 'Straſſe'],
		['istanbul', 'İSTANBUL', 'ıstanbul'],
		['cafe', 'Café', 'cafe\u0301', 'ｃａｆｅ'],
		['efficient', 'e\ufb03cient'],
		['οδοσ', 'ΟΔΟΣ', 'οδός'],
		['ガラス', 'ｶﾞﾗｽ', 'カ\u3099ラス'],
		['한글', '\u1112\u1161\u11ab\u1100\u1173\u11af'],
		['שלום', 'שָׁלוֹם'],
		['ab c', 'a\u00adb \t\n\u3000c', 'a\u200bb\u0007c'],
		['❤', '❤\ufe0f'],
	] as const
	for (const [folded, ...texts] of same) for (const text of [folded, ...texts]) t.equal(fold(text), folded, text)
})

t.test('what is another letter stays another', async (t) => {
	for (const [one, other] of [
		['か', 'が'],
		['は', 'ぱ'],
		['कि', 'की'],
		['가', '각'],
	] as const) {
		t.not(fold(one), fold(other))
	}
})

t.test('of any text, the fold with places is the fold, and folding again changes nothing', async () => {
	fc.assert(
		fc.property(anyText, (text) => {
			const folded = fold(text)
			assert.equal(fold(folded), folded)
			assert.equal(foldWithPlaces(text).folded, folded)
		}),
		{ numRuns: 2_000 },
	)
})

t.test('places are in order, and within the text', async () => {
	fc.assert(
		fc.property(anyText, (text) => {
			const { folded, starts, ends } = foldWithPlaces(text)
			assert.equal(starts.length, folded.length)
			for (const [i, start] of starts.entries()) {
				const end = ends[i] as number
				assert.ok(start >= (starts[i - 1] ?? 0) && start < end && end <= text.length)
			}
		}),
		{ numRuns: 2_000 },
	)
})

t.test('what is folded is folded, also where a sign becomes a blank with a mark, or two letters', async (t) => {
	for (const sign of ['゛', '゜', '´', 'ẞ', 'ß', 'ﷺ', 'İ', '\u0345']) {
		for (const text of [sign, `a${sign}b`]) t.equal(fold(fold(text)), fold(text), JSON.stringify(text))
	}
})

t.test('more marks than anybody writes are no work without end, and leave the letter', async (t) => {
	const marks = '\u0301\u0316'.repeat(30_000)
	t.equal(fold(`hello a${marks} b`).replaceAll(' ', ''), 'helloab')
	t.equal(foldWithPlaces(`a${marks}`).folded, fold(`a${marks}`))
})
