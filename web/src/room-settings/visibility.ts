/** Who can come into a room. */
export const visibilityOptions = [
	['open', 'Open'],
	['private', 'Private'],
] as const

/** What that means. */
export function visibilityHint(visibility: string): string {
	return visibility === 'open'
		? 'Everybody here can find it, read all of it and join.'
		: 'Only its members can read it, or know of it. Its moderators let people in.'
}
