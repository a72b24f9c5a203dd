import { folded } from '../state/names.ts'

/** A single letter is somewhere in every name. */
const insideMin = 2

/**
 * Those that a few letters find: first whose first word begins with them, then whose other words do, then who has them
 * somewhere. Among equals they stay in their order.
 */
export function bestOf<Candidate>(
	candidates: readonly Candidate[],
	query: string,
	limit: number,
	wordsOf: (candidate: Candidate) => readonly string[],
): Candidate[] {
	const wanted = folded(query)
	return candidates
		.flatMap((candidate) => {
			const rank = rankOf(wordsOf(candidate).map(folded), wanted)
			return rank === undefined ? [] : [{ candidate, rank }]
		})
		.sort((one, other) => one.rank - other.rank)
		.slice(0, limit)
		.map(({ candidate }) => candidate)
}

function rankOf([first = '', ...others]: readonly string[], wanted: string): number | undefined {
	if (first.startsWith(wanted)) return 0
	const parts = [first, ...others].flatMap((word) => word.split(/[\s._-]+/))
	if (others.some((word) => word.startsWith(wanted)) || parts.some((part) => part.startsWith(wanted))) return 1
	const isInside = wanted.length >= insideMin && [first, ...others].some((word) => word.includes(wanted))
	return isInside ? 2 : undefined
}
