import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { guestNamed } from '../../src/commands/actor.ts'
import { Sequencer } from '../../src/commands/sequencer.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { openViews } from '../../src/projections/open.ts'
import { allEvents } from './all-events.ts'

/*
 * Run in a directory on a small disk of its own: writes until the disk is full, makes room, writes
 * on, and says as JSON what came of it.
 */

const directory = process.argv[2] as string
const ballast = join(directory, 'ballast')
// What is left fills up before a write-ahead log that has grown can be moved; without it there is room for that.
writeFileSync(ballast, Buffer.alloc(5 * 1024 * 1024))
const log = openLogForWriting(join(directory, 'log.db'))
const { views } = openViews(directory, log)
const sequencer = new Sequencer(log, views)
const actor = guestNamed('ada', log.logId)

async function post(index: number): Promise<boolean> {
	const command = { type: 'PostMessage', room: 'general', content: `${index} `.repeat(5_000) } as const
	const [answer] = await sequencer.run([{ id: `command-${index}`, actor, command, key: `key-${index}` }])
	if (answer?.done === false && answer.code !== 'disk_full') throw new Error(answer.code)
	return answer?.done === true
}

const tidy = () => [log.tidy({ isIdle: true }), views.tidy({ isIdle: true })].every(Boolean)

let acknowledged = 0
let refused = 0
let untidy = 0
for (let index = 0; refused < 20 && index < 1_000; index++) {
	if (await post(index)) acknowledged += 1
	else refused += 1
	if (!tidy()) untidy += 1
}
const keptWhileFull = log.head().position

rmSync(ballast)
const tidied = tidy()
let again = 0
for (let index = 0; index < acknowledged + refused; index++) if (await post(index)) again += 1
const texts = allEvents(log)
log.close()
views.close()
process.stdout.write(
	JSON.stringify({ acknowledged, refused, untidy, keptWhileFull, tidied, again, events: texts.length }),
)
