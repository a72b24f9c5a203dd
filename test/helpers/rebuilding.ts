import { guestNamed } from '../../src/commands/actor.ts'
import { startWriter } from '../../src/commands/writer.ts'
import { viewsPath } from '../../src/projections/files.ts'
import { openViewsForReading } from '../../src/projections/views.ts'

/*
 * A process that writes, reads and rebuilds its views again and again, until it is killed. It says what
 * was acknowledged, a position a line, and what happens in between.
 */

const directory = process.argv[2] as string
const writer = await startWriter(
	{ directory },
	{
		headMoved() {},
		viewsReplaced(path) {
			views.become(openViewsForReading(path))
			process.stdout.write('replaced\n')
		},
		failed(error) {
			throw error
		},
	},
)
const views = openViewsForReading(viewsPath(directory))
const actor = guestNamed('ada', 'a log')
for (let i = 0; i < 4; i++) void post(i)
for (;;) {
	await writer.rebuild((done, total) => process.stdout.write(`progress ${Math.floor((10 * done) / total)}\n`))
	process.stdout.write('rebuilt\n')
}

async function post(poster: number): Promise<never> {
	for (let n = 0; ; n++) {
		const command = { type: 'PostMessage', room: 'general', content: `${poster} ${n}` } as const
		const { position } = await writer.submit(actor, command)
		process.stdout.write(`${position}\n`)
	}
}
