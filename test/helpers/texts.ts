import fc from 'fast-check'

/** What texts are made of: whole characters as people see them, of many scripts, and what is hard to fold. */
const pieces = [
	...'aabbcco1_ ',
	...'AÉßıİſŉǆ',
	'e\u0301',
	'u\u0308\u0323',
	'\ufb03',
	...'->(){}.:#"*+\'^',
	...'日本語中文の',
	...'がｱー々。',
	'カ\u3099',
	'ｶﾞ',
	...'한국',
	'\u1112\u1161\u11ab',
	...'ไป',
	'ม่',
	'कि',
	'שָׁ',
	...'Σσς',
	'👋',
	'👨‍👩‍👧',
	'❤\ufe0f',
	'👍🏽',
	'\u200b',
	'\u00ad',
	'\n',
	'\u3000',
	'½',
	'②',
	'\u0007',
]

export const anyPieces: fc.Arbitrary<string[]> = fc.array(fc.constantFrom(...pieces), { maxLength: 24 })

export const anyText: fc.Arbitrary<string> = fc.oneof(
	anyPieces.map((some) => some.join('')),
	fc.string({ unit: 'grapheme', maxLength: 24 }),
	fc.string({ unit: 'binary', maxLength: 24 }).map((text) => text.replaceAll('\0', '')),
)
