/*
 * Texts are compared as they are folded: without case, without diacritics, with one form for characters
 * that only look different, and with one space for any white space. The accents of scripts in which they
 * make another letter (か and が) stay.
 *
 * Folding goes piece by piece, so that the folded whole is made of the folded pieces: a part of a text is
 * found in it, and what was found has a place in the text as it was written.
 */

/** A text as it is compared. */
export function fold(text: string): string {
	let folded = ''
	for (const [piece] of text.matchAll(pieces)) folded += foldPiece(piece)
	return folded.replaceAll(/ {2,}/g, ' ')
}

/** A folded text that knows where it comes from, in UTF-16 units. */
export interface PlacedFold {
	folded: string
	/** For each unit of `folded`, where the piece begins and ends that it was made of. */
	starts: readonly number[]
	ends: readonly number[]
}

/** As fold. */
export function foldWithPlaces(text: string): PlacedFold {
	const units: string[] = []
	const starts: number[] = []
	const ends: number[] = []
	const add = (piece: string, start: number, end: number) => {
		for (const unit of piece.split('')) {
			if (unit === ' ' && units.at(-1) === ' ') continue
			units.push(unit)
			starts.push(start)
			ends.push(end)
		}
	}
	for (const { 0: piece, index } of text.matchAll(pieces)) {
		const isPlain = plain.test(piece)
		if (!isPlain) add(foldPiece(piece), index, index + piece.length)
		else for (let i = 0; i < piece.length; i++) add(foldPiece(piece.charAt(i)), index + i, index + i + 1)
	}
	return { folded: units.join(''), starts, ends }
}

/**
 * What is said before the marks that follow it, and the parts of a Korean syllable, belong together; ASCII is quick. Beyond
 * 30 marks nobody has a letter any more (Unicode's stream-safe text, UAX 15), and bringing them in order takes their square.
 */
const pieces =
	/[\x20-\x7e]+(?![\p{M}\uff9e\uff9f])|[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]{1,30}\p{M}{0,30}|.[\p{M}\uff9e\uff9f]{0,30}/gsu

const plain = /^[\x20-\x7e]+$/
const blank = /^[\s\p{Cc}]/u

/** Diacritics; not all marks, for in many scripts they are vowels or make another letter. */
const diacritics = new RegExp(
	[
		'[\u0300-\u036f]|[\u1ab0-\u1aff]|[\u1dc0-\u1dff]|[\u20d0-\u20ff]|[\ufe20-\ufe2f]',
		'[\u0483-\u0487]',
		// The points of Hebrew and the vowel signs of Arabic, which are mostly left out.
		'[\u0591-\u05bd]|\u05bf|[\u05c1\u05c2\u05c4\u05c5\u05c7]|[\u0610-\u061a]|[\u064b-\u065f]|\u0670',
	].join('|'),
	'g',
)

/** Nobody sees these: joiners, soft hyphens, variation selectors. */
const invisible = /\p{Default_Ignorable_Code_Point}/gu

function foldPiece(piece: string): string {
	if (plain.test(piece)) return piece.toLowerCase()
	if (piece.length > keptCharsMax) return foldAnew(piece)
	let folded = foldedPieces.get(piece)
	if (folded === undefined) {
		folded = foldAnew(piece)
		if (foldedPieces.size >= foldedPiecesMax) foldedPieces.clear()
		foldedPieces.set(piece, folded)
	}
	return folded
}

/** A text of another script than Latin is made of few pieces that come again and again. */
const foldedPieces = new Map<string, string>()
const foldedPiecesMax = 10_000
const keptCharsMax = 8

function foldAnew(piece: string): string {
	if (blank.test(piece)) return ' '
	// By way of the upper case, in which ß is SS; what that leaves of an accent goes after it.
	const lower = piece.normalize('NFKD').toLowerCase().toUpperCase().toLowerCase().normalize('NFKD')
	const bare = lower.replaceAll(diacritics, '').replaceAll(invisible, '').replaceAll('ς', 'σ')
	// Marks that follow a blank go with it, also where it comes out of a sign such as ゛.
	return bare.normalize('NFC').replaceAll(/[\s\p{Cc}]+\p{M}*/gu, ' ')
}
