import { me } from './chat.ts'
import { isSignedIn } from './session.ts'

/** Whether this browser may keep something: another window may have just signed out, and then nothing is to be left. */
export function mayKeep(): boolean {
	return me.peek()?.role === 'guest' || isSignedIn()
}
