import { parentPort, workerData } from 'node:worker_threads'
import { openForReading } from '../../src/events/database.ts'

/* Two readers, each of which begins to read before the other has ended: one is always at it, and none for long. */

const readers = [openForReading(workerData as string), openForReading(workerData as string)]
for (const reader of readers) begin(reader)
let turn = 0
const turns = setInterval(() => {
	const reader = readers[turn % 2] as (typeof readers)[number]
	turn += 1
	reader.exec('COMMIT')
	begin(reader)
}, 2)
parentPort?.once('message', () => {
	clearInterval(turns)
	for (const reader of readers) reader.close()
})
parentPort?.postMessage('ready')

function begin(reader: (typeof readers)[number]): void {
	reader.exec('BEGIN')
	reader.prepare('SELECT count(*) FROM (SELECT 1 FROM lines LIMIT 1)').get()
}
