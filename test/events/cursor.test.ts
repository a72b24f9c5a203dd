import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { checkCursor, formatCursor } from '../../src/events/cursor.ts'

/** A log that holds these fingerprints at 0, 1, 2, … */
const logOf = (fingerprints: readonly string[]) => ({ fingerprintAt: (position: number) => fingerprints[position] })

const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })
const fingerprintsArbitrary = fc.array(hex, { minLength: 1, maxLength: 20 })

t.test('the cursor of any place in the log is usable there', (t) => {
	fc.assert(
		fc.property(fingerprintsArbitrary, fc.nat(), (fingerprints, chosen) => {
			const position = chosen % fingerprints.length
			const cursor = formatCursor({ position, fingerprint: fingerprints[position] as string })
			const checked = checkCursor(cursor, fingerprints.length - 1, logOf(fingerprints))
			assert.deepEqual(checked, { usable: true, position })
		}),
		{ numRuns: 50 },
	)
	t.end()
})

t.test('a cursor is the position and the first 32 bits of the fingerprint', (t) => {
	t.equal(formatCursor({ position: 48213, fingerprint: `9c1e77ab${'0'.repeat(56)}` }), '48213-9c1e77ab')
	t.end()
})

const fingerprints = ['aaaaaaaa', 'bbbbbbbb', 'cccccccc'].map((tag) => tag.padEnd(64, '0'))
const check = (text: string) => checkCursor(text, 2, logOf(fingerprints))

t.test('a bare position is usable without the proof, also where there is no event', (t) => {
	t.same(check('0'), { usable: true, position: 0 })
	t.same(check('2'), { usable: true, position: 2 })
	t.same(checkCursor('1', 2, logOf([])), { usable: true, position: 1 })
	t.end()
})

t.test('a cursor after the head is ahead', (t) => {
	t.same(check('3-cccccccc'), { usable: false, reason: 'ahead' })
	t.same(check('3'), { usable: false, reason: 'ahead' })
	t.same(check('999999999999999'), { usable: false, reason: 'ahead' })
	t.end()
})

t.test('what the log holds above the head that may be seen is ahead too', (t) => {
	t.same(checkCursor('2-cccccccc', 1, logOf(fingerprints)), { usable: false, reason: 'ahead' })
	t.end()
})

t.test('a cursor is diverged where the log holds another event, or none', (t) => {
	t.same(check('1-bbbbbbbc'), { usable: false, reason: 'diverged' })
	t.same(check('0-bbbbbbbb'), { usable: false, reason: 'diverged' })
	t.same(checkCursor('1-bbbbbbbb', 2, logOf([])), { usable: false, reason: 'diverged' })
	t.end()
})

t.test('what is no cursor is unknown', (t) => {
	const texts = [
		'',
		' ',
		'-',
		'x',
		'1-',
		'-bbbbbbbb',
		'1-bbbbbbb',
		'1-bbbbbbbbb',
		'1-BBBBBBBB',
		'1-gggggggg',
		'01',
		'+1',
	]
	texts.push('-1', '1.0', '1e3', '1-bbbbbbbb ', ' 1', '1\n', '1-bbbbbbbb\n', '1-bbbbbbbb-', '1000000000000000', '１')
	for (const text of texts) t.same(check(text), { usable: false, reason: 'unknown' }, JSON.stringify(text))
	t.end()
})

t.test('any text gets an answer and no error', (t) => {
	fc.assert(
		fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d+-[0-9a-f]{8}$/)), (text) => {
			assert.equal(typeof check(text).usable, 'boolean')
		}),
		{ numRuns: 200 },
	)
	t.end()
})
