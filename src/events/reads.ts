/*
 * How far somebody has read in a room is said in a stream of its own, which is that person's alone. Its
 * name says whose it is and of which room, so that who may hear it needs no looking up.
 */

/** The stream of one person's read marker in a room or direct conversation. */
export function readsStream(roomId: string, userId: string): string {
	return `${prefix}${roomId}-${userId}`
}

export function isReads(streamId: string): boolean {
	return streamId.startsWith(prefix)
}

/** Of which room a stream of reads is, and whose. */
export function readsIn(readsStreamId: string): { roomId: string; userId: string } {
	const end = readsStreamId.lastIndexOf('-user-')
	return { roomId: readsStreamId.slice(prefix.length, end), userId: readsStreamId.slice(end + 1) }
}

const prefix = 'reads-'
