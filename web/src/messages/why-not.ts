import { TailroomError } from '../../../src/client/browser.ts'
import { inWords } from '../state/problems.ts'

/** Why something was not done, to a person. `what` is what was not done, as a sentence. */
export function whyNot(error: unknown, what: string): string {
	if (!(error instanceof TailroomError)) throw error
	return error.code === 'unreachable' ? `${what} There is no connection.`.trim() : inWords(error.message)
}
