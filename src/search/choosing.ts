import { tokensOf } from './tokens.ts'

/*
 * Of the tokens that a term has, few are enough to narrow down where to look: each that is added has to be gone
 * through as far as it occurs, and spares looking at the texts of messages that do not have it. So the rare ones are
 * chosen, by how often they occur in a sample.
 */

/** How often tokens occur, as shares of all messages. */
export class Frequencies {
	readonly #counts = new Map<string, number>()
	readonly #texts: number

	/** From some folded texts. */
	constructor(sample: readonly string[]) {
		this.#texts = sample.length
		for (const text of sample) {
			for (const token of tokensOf(text)) this.#counts.set(token, (this.#counts.get(token) ?? 0) + 1)
		}
	}

	/** What does not occur in the sample may occur, but rarely. */
	of(token: string): number {
		return ((this.#counts.get(token) ?? 0) + 0.5) / (this.#texts + 1)
	}
}

/**
 * Tokens by which to look up terms, each of which has some; `messages`: how many there are in all. At least one, where
 * there is one.
 */
export function chooseTokens(
	terms: readonly (readonly string[])[],
	frequencies: Frequencies,
	messages: number,
): string[] {
	const known = terms.flatMap((tokens, term) => tokens.map((token) => ({ token, term, share: frequencies.of(token) })))
	const chosen: string[] = []
	const termsChosen = new Set<number>()
	/** The share of messages that has them all, about. */
	let left = 1
	for (const { token, term, share } of known.sort((a, b) => a.share - b.share)) {
		const isFirst = chosen.length === 0
		if (!isFirst && (left * messages < fewMessages || share > Math.min(left * textCost, usefulMax))) break
		chosen.push(token)
		// Where there is one part of a word, the others are mostly near.
		left *= isFirst ? share : termsChosen.has(term) ? likelyInWord : Math.max(share, likelyInText)
		termsChosen.add(term)
	}
	return chosen
}

/** So few are looked at without another token. */
const fewMessages = 64
/** To look at a text takes as long as to go through that many occurrences of a token, about. */
const textCost = 300
/** What is in most texts spares none. */
const usefulMax = 0.5
/** A guess: what a second token of the same word leaves of what the first one has found, and one of another word at least. */
const likelyInWord = 0.3
const likelyInText = 0.05
