import { openServerLog, type ServerLog } from '../../src/http/server-log.ts'

/** A server's log that is kept, line by line, instead of being shown. */
export function keptServerLog(): { serverLog: ServerLog; lines: Record<string, unknown>[] } {
	const lines: Record<string, unknown>[] = []
	return { serverLog: openServerLog({ write: (line) => lines.push(JSON.parse(line)) }), lines }
}
