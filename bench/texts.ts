/*
 * What people write, made up: words that are used as often as words are (Zipf), some code, some Chinese.
 * The same every time.
 */

/** Numbers from 0 to 1, the same for the same seed (xorshift). */
export function numbers(seed: number): () => number {
	let state = seed
	return () => {
		state ^= state << 13
		state ^= state >>> 17
		state ^= state << 5
		return (state >>> 0) / 2 ** 32
	}
}

const syllables =
	'ba be bi ca ce co da de di do en er es fa fe fo ga ge ha he hi in is ka ke la le li lo ma me mi mo na ne ni no on or pa pe po ra re ri ro sa se si so st ta te ti to tr un ve vi wa we al an ar at ed el em ing ion ly ment ous ter tion th'.split(
		' ',
	)
const everyday =
	'the to and of a in is it you that for on with this be we have at not are but or if as so do can will just from what there when up out how my me all get like about now one has your they was would'.split(
		' ',
	)
const wordCount = 60_000
const characters = [
	...'的一是不了在人有我他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用发天如然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从',
]

/** The most frequent one first. */
export const words: readonly string[] = makeWords()

function makeWords(): string[] {
	const random = numbers(1)
	const made = new Set(everyday)
	while (made.size < wordCount) {
		// Frequent words are short.
		const length = 1 + Math.floor(Math.log2(made.size) / 5 + random() * 2.2)
		const word = Array.from({ length }, () => one(syllables, random())).join('')
		if (word.length > 1) made.add(word)
	}
	return [...made]
}

const shares = cumulated(words.map((_, rank) => 1 / (rank + 2)))

/** The texts of messages, one after the other. */
export function* texts(seed: number): Generator<string, never> {
	const random = numbers(seed)
	const word = () => words[indexAt(shares, random())] as string
	for (;;) {
		const kind = random()
		if (kind < 0.05) {
			const call = `${word()}${random() < 0.5 ? '->' : '.'}${word()}(${word()}, ${word().toUpperCase()}_${whole(random(), 500)})`
			yield `${call} in src/${word()}/${word()}.ts:${whole(random(), 999)}`
		} else if (kind < 0.1) {
			const length = 6 + whole(random(), 30)
			yield `${Array.from({ length }, () => one(characters, random() ** 1.7)).join('')}。`
		} else {
			const length = 3 + Math.min(117, Math.floor(-10 * Math.log(1 - random())))
			const said = Array.from({ length }, word).join(' ')
			yield `${said.charAt(0).toUpperCase()}${said.slice(1)}${random() < 0.5 ? '.' : ''}`
		}
	}
}

function one<Item>(items: readonly Item[], share: number): Item {
	return items[whole(share, items.length)] as Item
}

function whole(share: number, below: number): number {
	return Math.floor(share * below)
}

function cumulated(weights: readonly number[]): Float64Array {
	const sums = new Float64Array(weights.length)
	let sum = 0
	for (const [i, weight] of weights.entries()) {
		sum += weight
		sums[i] = sum
	}
	return sums.map((value) => value / sum)
}

/** The first of some growing numbers that is not below that one. */
function indexAt(values: Float64Array, value: number): number {
	let low = 0
	let high = values.length - 1
	while (low < high) {
		const middle = (low + high) >> 1
		if ((values[middle] as number) < value) low = middle + 1
		else high = middle
	}
	return low
}
