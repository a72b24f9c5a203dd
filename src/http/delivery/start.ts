import { checkCursor, cursorAt, formatCursor } from '../../events/cursor.ts'
import type { LogHead, LogReader, Position } from '../../events/log.ts'
import type { StartMode } from '../../protocol/frames.ts'
import { RequestError } from '../errors.ts'

/** Where a stream begins. */
export interface Start {
	mode: StartMode
	/** Why a cursor could not be used; only with `reset`. */
	reason?: string
	/** Everything after this position is delivered. */
	position: Position
	/** The given cursor verbatim, else the one of `position`. */
	cursor: string
}

/** From now on. */
export function startLive(head: LogHead): Start {
	return { mode: 'live', position: head.position, cursor: formatCursor(head) }
}

/** After a cursor; where it cannot be used, from now on and saying so: never a guess. */
export function startAfter(cursor: string, head: LogHead, log: LogReader): Start {
	const check = checkCursor(cursor, head.position, log)
	if (check.usable) return { mode: 'resumed', position: check.position, cursor }
	return { mode: 'reset', reason: check.reason, position: head.position, cursor: formatCursor(head) }
}

/** After a position that the server itself has found. */
export function startAt(position: Position, log: LogReader): Start {
	return { mode: 'resumed', position, cursor: cursorAt(position, log) }
}

/** The position of a cursor that must be usable, in that field: `malformed`, or `cursor_unusable`. */
export function positionOf(cursor: string, field: string, head: LogHead, log: LogReader): Position {
	const check = checkCursor(cursor, head.position, log)
	if (check.usable) return check.position
	if (check.reason === 'unknown') {
		const problem = 'is not a cursor, such as 48213-9c1e77ab or 0'
		throw new RequestError('malformed', `The cursor ${problem}.`, [{ field, problem }])
	}
	const why = check.reason === 'ahead' ? 'is ahead of the log' : 'is of another log, or of one that was restored'
	throw new RequestError('cursor_unusable', `The cursor ${why}. Read again, and go on from there.`, [
		{ field, problem: why },
	])
}
