import { useRef } from 'preact/hooks'
import type { RoomState } from '../../../src/client/browser.ts'
import { isAttentive, type Reading } from './reading.ts'

/**
 * Before which message it says that all is new from there. It stays while one is here, until there is something that
 * came while nobody looked.
 */
export function useNewLine(
	reading: Reading,
	state: RoomState | undefined,
): { from: number; isSeen: boolean } | undefined {
	const line = useRef<{ from: number; isSeen: boolean }>(undefined)
	const isFirst = useRef(true)
	const { read, unread = 0 } = state ?? {}
	if (read === undefined) return undefined
	const isNew = unread > 0 && (isFirst.current || (!isAttentive() && (line.current?.from ?? 0) <= read))
	isFirst.current = false
	if (reading.goesBack() || isNew) line.current = { from: read + 1, isSeen: false }
	return line.current
}
