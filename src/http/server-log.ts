import type { FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'

/** What the server tells its operator. Not to be mixed up with the log, which holds what happened in it. */
export type ServerLog = FastifyBaseLogger

/**
 * One JSON object a line: stdout belongs to people. Nobody's doings are in it, only what an operator has to look at, so there
 * is no more of it to be had.
 */
export function openServerLog(to: { write(line: string): void } = process.stderr): ServerLog {
	return pino({ level: 'warn' }, to)
}
