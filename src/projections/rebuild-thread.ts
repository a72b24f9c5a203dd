import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { syncFile } from '../events/files.ts'
import { openLogForReading } from '../events/sqlite-log.ts'
import { buildViews } from './build.ts'
import { buildingPath, nextViewsPath } from './files.ts'
import type { FromBuild } from './rebuild.ts'

/* Builds the views of a log anew beside those in force. Who puts them in force is the writer. */

const { directory } = workerData as { directory: string }
const path = buildingPath(nextViewsPath(directory))
const log = openLogForReading(join(directory, 'log.db'))
const steps = buildViews(path, log)
let step = steps.next()
for (; step.done !== true; step = steps.next()) tell(step.value)
log.close()
// Here and not where it would keep the writer waiting.
syncFile(path)
tell({ events: step.value, path })

function tell(message: FromBuild): void {
	parentPort?.postMessage(message)
}
