import type { LogHead, LogReader, Position } from './log.ts'

/**
 * What a client keeps and sends back: `<position>-<tag>`. The tag is the beginning of the log's
 * fingerprint there, so a cursor from a log that took another turn is recognised for ever.
 */
export function formatCursor({ position, fingerprint }: LogHead): string {
	return `${position}-${tagOf(fingerprint)}`
}

/** The cursor of a position; one that holds no event has nothing to be proven by, and stands alone. */
export function cursorAt(position: Position, log: Pick<LogReader, 'fingerprintAt'>): string {
	const fingerprint = log.fingerprintAt(position)
	return fingerprint === undefined ? String(position) : formatCursor({ position, fingerprint })
}

export type CursorCheck =
	| { usable: true; position: Position }
	| {
			usable: false
			/** `unknown`: not a cursor. `ahead`: after the head. `diverged`: the log holds another event there. */
			reason: 'unknown' | 'ahead' | 'diverged'
	  }

/** A bare position is accepted too, then without the proof that a tag gives. */
export function checkCursor(text: string, head: Position, log: Pick<LogReader, 'fingerprintAt'>): CursorCheck {
	const match = cursorPattern.exec(text)
	if (match === null) return { usable: false, reason: 'unknown' }
	const position = Number(match[1])
	const tag = match[2]
	if (position > head) return { usable: false, reason: 'ahead' }
	const fingerprint = log.fingerprintAt(position)
	if (tag !== undefined && (fingerprint === undefined || tagOf(fingerprint) !== tag)) {
		return { usable: false, reason: 'diverged' }
	}
	return { usable: true, position }
}

/** 15 digits stay below 2^53, so every position that matches is an exact number. */
const cursorPattern = /^(0|[1-9][0-9]{0,14})(?:-([0-9a-f]{8}))?$/

/** The first 32 bits. */
function tagOf(fingerprint: string): string {
	return fingerprint.slice(0, 8)
}
