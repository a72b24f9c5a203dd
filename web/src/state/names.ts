/** What things are called, in order: `Team 2` before `Team 10`. */
export const byName = new Intl.Collator(undefined, { numeric: true })

/** As it is compared: without capitals and accents. */
export function folded(text: string): string {
	return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}
