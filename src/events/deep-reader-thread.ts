import { parentPort, workerData } from 'node:worker_threads'
import { DamagedLog } from './damaged-log.ts'
import type { DeepPage } from './deep-reader.ts'
import type { LogRange } from './log.ts'
import { openLogForReading } from './sqlite-log.ts'

/*
 * Reads pages of the log that may long have left the memory, so that the main loop does not wait
 * for the disk. One page a message, in order.
 */

const port = parentPort
if (port === null) throw new Error('the deep reader runs as a worker thread')
const log = openLogForReading((workerData as { path: string }).path)
port.on('message', (range: LogRange | 'stop') => {
	if (range === 'stop') {
		log.close()
		port.close()
	} else {
		port.postMessage(answerTo(range))
	}
})

function answerTo(range: LogRange): DeepPage {
	try {
		return { events: log.read(range) }
	} catch (error) {
		if (!(error instanceof DamagedLog)) throw error
		return { damaged: error.parts }
	}
}
