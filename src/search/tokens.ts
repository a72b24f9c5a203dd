/*
 * What a text is found by. Three characters in a row are a token, so that any part of a word is found, code
 * too. In scripts that are written without spaces, and of signs and emoji, one and two are tokens as well:
 * there they are words. Of letters, one or two are a token only where they are a whole word: `go` finds no
 * `category`.
 *
 * Tokens narrow down where to look; whether a text matches, the text itself says (see match.ts). So a
 * token more or less makes it slower or quicker, and never wrong.
 */

/** All tokens of a folded text. */
export function tokensOf(folded: string): Set<string> {
	const tokens = new Set<string>()
	const chars = [...folded]
	const kinds = chars.map(kindOf)
	for (const [i, one] of chars.entries()) {
		const [kind, second = 'space', third = 'space'] = [kinds[i] as Kind, kinds[i + 1], kinds[i + 2]]
		if (kind === 'space') continue
		const two = `${one}${chars[i + 1]}`
		const beginsWord = kind === 'letter' && kinds[i - 1] !== 'letter'
		if (kind === 'loose') tokens.add(one)
		else if (beginsWord && second !== 'letter') tokens.add(wordToken(one))
		else if (beginsWord && third !== 'letter') tokens.add(wordToken(two))
		if (second === 'space') continue
		if (kind === 'loose' || second === 'loose') tokens.add(two)
		if (third !== 'space' && hasLetter(kind, second, third)) tokens.add(`${two}${chars[i + 2]}`)
	}
	return tokens
}

/** Tokens that every folded text has in which that folded term is found: at least one. */
export function tokensFor(term: string): string[] {
	return [...new Set(term.split(' ').flatMap(tokensForPiece))]
}

/** Of what stands between two spaces; where it is short it is a whole word. */
function tokensForPiece(piece: string): string[] {
	const chars = [...piece]
	const kinds = chars.map(kindOf)
	if (chars.length < partCharsMin) return kinds.includes('loose') ? [piece] : [wordToken(piece)]
	const tokens: string[] = []
	for (let i = 0; i + 2 < chars.length; i++) {
		const [one, two, three] = chars.slice(i, i + 3) as [string, string, string]
		const [a, b, c] = kinds.slice(i, i + 3) as [Kind, Kind, Kind]
		if (hasLetter(a, b, c)) tokens.push(one + two + three)
		else tokens.push(one + two, two + three)
	}
	return tokens
}

/** So many characters between two spaces are found within a word too; fewer letters are a whole word. */
export const partCharsMin = 3

/** `loose`: of a script without spaces, a sign, an emoji. */
export type Kind = 'letter' | 'loose' | 'space'

export function kindOf(char: string): Kind {
	let kind = kinds.get(char)
	if (kind === undefined) {
		kind = char === ' ' ? 'space' : letter.test(char) && !withoutSpaces.test(char) ? 'letter' : 'loose'
		if (kinds.size >= kindsMax) kinds.clear()
		kinds.set(char, kind)
	}
	return kind
}

const letter = /[\p{L}\p{N}\p{M}_]/u
/** Korean has spaces, but its words are short and grow endings. */
const withoutSpaces =
	/[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}\p{sc=Yi}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u

const kinds = new Map<string, Kind>()
const kindsMax = 10_000

function hasLetter(...kinds: Kind[]): boolean {
	return kinds.includes('letter')
}

/*
 * Control characters occur in no folded text, so what begins with one is the token of nothing that somebody said.
 */

function wordToken(word: string): string {
	return `\x01${word}`
}

export function roomToken(number: number): string {
	return `\x02${number}`
}

export function authorToken(number: number): string {
	return `\x03${number}`
}

/** What makes FTS5 take our tokens as they are, with spaces between: every character but the space is part of one. */
export const tokenizer: string = `ascii tokenchars '${asciiSigns().replaceAll("'", "''")}'`

function asciiSigns(): string {
	const signs = Array.from({ length: 0x5e }, (_, i) => String.fromCharCode(0x21 + i)).filter((c) =>
		/[^a-z0-9]/i.test(c),
	)
	return `\x01\x02\x03${signs.join('')}`
}
