import { addressOf, lastRoom } from '../state/place.ts'

/** Where one came from. */
export function chatAddress(): string {
	return addressOf(lastRoom.get())
}
