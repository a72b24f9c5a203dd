/** Where the server has a room. */
export function pathOfRoom(room: string): string {
	return `/rooms/${encodeURIComponent(room)}`
}
