import { parentPort } from 'node:worker_threads'
import { checkChain } from './chain.ts'
import type { Checked, CheckTask } from './checker.ts'
import { DamagedLog } from './damaged-log.ts'
import { isDamage, openBeside, reasonOf } from './database.ts'
import type { Position } from './log.ts'
import { checkOwnSchema } from './own-schema.ts'

/* Checks files beside whatever else there is to do, one after the other. */

const port = parentPort
if (port === null) throw new Error('the checker runs as a worker thread')
port.on('message', (task: CheckTask | 'stop') => {
	if (task === 'stop') port.close()
	else port.postMessage(checked(task))
})

function checked(task: CheckTask): Checked {
	try {
		const events = task.type === 'chain' ? eventsIn(task.path, task.through) : 0
		return { done: true, events, finding: task.type === 'integrity' ? findingIn(task.path) : undefined }
	} catch (error) {
		if (error instanceof DamagedLog) return { done: false, damaged: error.parts }
		return { done: false, message: (error as Error).message }
	}
}

/** Checks a log but for what SQLite finds, and counts its events. */
function eventsIn(path: string, through: Position): number {
	const events = checkChain(path, through)
	const database = openBeside(path)
	try {
		checkOwnSchema(database)
		return events
	} finally {
		database.close()
	}
}

/** What SQLite finds wrong with a file first. */
function findingIn(path: string): string | undefined {
	try {
		const database = openBeside(path)
		try {
			const finding = database.pragma('integrity_check(1)', { simple: true }) as string
			return finding === 'ok' ? undefined : finding.replace(/\s+/g, ' ')
		} finally {
			database.close()
		}
	} catch (error) {
		if (isDamage(error)) return reasonOf(error)
		throw error
	}
}
