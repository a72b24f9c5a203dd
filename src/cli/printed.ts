import { complain } from './complain.ts'
import { exitCodes } from './remote/exit-codes.ts'

/**
 * What becomes of a command whose standard output cannot be written. Where nobody reads any more that is the end, and no
 * failure: so it is with `| head`. A command that listens for itself decides for itself.
 */
export function endWhereNothingCanBePrinted(): void {
	process.stdout.on('error', (error: NodeJS.ErrnoException) => {
		if (process.stdout.listenerCount('error') > 1) return
		if (error.code === 'EPIPE') process.exit(exitCodes.done)
		complain(`what is printed cannot be written: ${error.message}. What was done is done`)
		process.exit(exitCodes.notWritten)
	})
}
