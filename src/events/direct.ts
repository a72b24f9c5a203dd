/*
 * A direct conversation is a stream of its own, named by the two whose it is. So whose it is needs no
 * looking up, and two people have just one.
 */

/** The stream of what two people say to each other, or somebody to themselves. */
export function directStream(userId: string, otherId: string): string {
	const [first, second] = [userId, otherId].sort() as [string, string]
	return `direct-${first.slice(userPrefix.length)}-${second.slice(userPrefix.length)}`
}

export function isDirect(streamId: string): boolean {
	return streamId.startsWith('direct-')
}

/** The two whose conversation it is: twice the same id for what somebody says to themselves. */
export function peopleIn(directStreamId: string): readonly [string, string] {
	const [, first = '', second = ''] = directStreamId.split('-')
	return [userPrefix + first, userPrefix + second]
}

/** Whom somebody talks to there; themselves, in a conversation of their own. */
export function otherIn(directStreamId: string, userId: string): string {
	const [first, second] = peopleIn(directStreamId)
	return first === userId ? second : first
}

const userPrefix = 'user-'
