import address from 'virtual:emoji'

/** An emoji, and by which words it is found. */
export interface Emoji {
	emoji: string
	/** As in `:tada:`, the best known first. */
	names: readonly string[]
	tags: readonly string[]
}

let loading: Promise<readonly Emoji[]> | undefined

/** All of them, in the order of Unicode; loaded when they are asked for the first time. */
export function loadEmoji(): Promise<readonly Emoji[]> {
	loading ??= fetch(address)
		.then((answer) => answer.json())
		.then((lines: [emoji: string, names: string, tags: string][]) =>
			lines.map(([emoji, names, tags]) => ({
				emoji,
				names: names.split(' '),
				tags: tags === '' ? [] : tags.split(' '),
			})),
		)
		.catch((error) => {
			// Without a line now, there may be one the next time.
			loading = undefined
			throw error
		})
	return loading
}

/** Those that a beginning of a word finds, the best first. */
export function searchEmoji(all: readonly Emoji[], words: string, limit: number): Emoji[] {
	const wanted = words.toLowerCase().replaceAll(/[\s-]+/g, '_')
	const ranked = all.flatMap((emoji) => {
		const rank = rankOf(emoji, wanted)
		return rank === undefined ? [] : [{ emoji, rank }]
	})
	return ranked
		.sort((one, other) => one.rank - other.rank)
		.slice(0, limit)
		.map(({ emoji }) => emoji)
}

function rankOf({ names, tags }: Emoji, wanted: string): number | undefined {
	if (names.includes(wanted)) return 0
	if (names.some((name) => name.startsWith(wanted))) return 1
	if (names.some((name) => name.includes(`_${wanted}`))) return 2
	return tags.some((tag) => tag.startsWith(wanted)) ? 3 : undefined
}
