import { TailroomError } from '../../client/error.ts'

/**
 * What an answer lacks that every Tailroom server sends shows where it is used, as an error of the language. Whoever sits there
 * is told whose fault that is; any other error is as it was.
 */
export function asNonsense(error: unknown): unknown {
	if (!(error instanceof TypeError) && !(error instanceof RangeError)) return error
	return new TailroomError('not_tailroom', 'What the server sends is not what a Tailroom server sends.')
}
