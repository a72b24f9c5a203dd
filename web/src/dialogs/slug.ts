const charsMax = 64

/** The name that a room of a title could have; empty where nothing of the title can be in one. */
export function slugOf(title: string): string {
	return title
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.replaceAll('ß', 'ss')
		.toLowerCase()
		.replace(/[^a-z0-9._]+/g, '-')
		.slice(0, charsMax)
		.replace(/^[^a-z0-9]+|-+$/g, '')
}
