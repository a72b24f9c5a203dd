/** Numbers of messages, the last one included. */
export interface Span {
	first: number
	last: number
}

interface Loaded {
	/** Undefined: nothing is loaded. */
	span: Span | undefined
	atStart: boolean
	atEnd: boolean
}

/** So many messages beyond the screen are there before one comes to them. */
const ahead = 40

/** What has to be loaded for what is on the screen: what goes on from there, or another place. Undefined: nothing. */
export function wantedLoad(view: Span, { span, atStart, atEnd }: Loaded): 'older' | 'newer' | 'around' | undefined {
	if (span === undefined) return atEnd ? undefined : 'around'
	// Without a gap it goes on.
	if (view.last < span.first - 1 || view.first > span.last + 1) return 'around'
	if (!atStart && view.first - ahead < span.first) return 'older'
	if (!atEnd && view.last + ahead > span.last) return 'newer'
	return undefined
}
