import { cursorAt, formatCursor } from '../../events/cursor.ts'
import type { LogReader, Position } from '../../events/log.ts'
import type { Checkpoint } from '../../projections/views.ts'
import { RequestError } from '../errors.ts'
import { count } from '../validation.ts'

/** A position in a query; how it was then is asked for. */
export const at = count

/** The moment that an answer is about: the one that was asked for, else that of the snapshot which was read. */
export function momentOf(
	at: Position | undefined,
	snapshot: Checkpoint,
	log: LogReader,
): { position: Position; cursor: string } {
	const { position } = snapshot
	if (at === undefined) return { position, cursor: formatCursor(snapshot) }
	if (at > position) {
		const problem = `has not come yet: the log ends at ${position}`
		throw new RequestError('position_unknown', `The position ${at} ${problem}.`, [{ field: 'at', problem }])
	}
	return { position: at, cursor: cursorAt(at, log) }
}
