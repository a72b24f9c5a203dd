import { diff } from 'node:util'

/** ` Did you mean …?`, to be said after what is unknown; empty where nothing that is known looks like it. */
export function didYouMean(unknown: string, known: readonly string[]): string {
	const nearest = nearestTo(unknown, known)
	return nearest === undefined ? '' : ` Did you mean ${nearest}?`
}

/** What somebody may have meant: `publicUrl`, `public_url` and `pubic-url` are all `public-url`. */
export function nearestTo(unknown: string, known: readonly string[]): string | undefined {
	if (unknown.length > charsMax) return undefined
	const candidates = known.map((name) => ({ name, likeness: likeness(plain(unknown), plain(name)) }))
	const [best] = candidates.sort((a, b) => b.likeness - a.likeness)
	return best !== undefined && best.likeness >= likenessMin ? best.name : undefined
}

function plain(name: string): string {
	return name.toLowerCase().replace(/[-_\s]/g, '')
}

/** From 0, nothing in common, to 1, the same: which part of the characters of both is not to be added or taken away. */
function likeness(a: string, b: string): number {
	const changes = diff(a, b).filter(([operation]) => operation !== 0)
	return 1 - changes.length / Math.max(1, a.length + b.length)
}

/** Two words that share every third letter by chance are not to be taken for each other. */
const likenessMin = 0.65

/** Nothing has so long a name; to compare takes time with the square of it. */
const charsMax = 100
