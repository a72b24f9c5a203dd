import { parentPort, workerData } from 'node:worker_threads'
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
		port.postMessage(log.read(range))
	}
})
