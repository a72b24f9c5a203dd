import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { viewsBehindMsMax } from '../../src/http/limits.ts'
import { partsOf, viewsAreLate } from '../../src/http/parts.ts'
import type { Services } from '../../src/http/services.ts'
import { startServerHere } from '../helpers/app.ts'
import { ask } from '../helpers/http.ts'
import { allIndexed } from '../helpers/searching.ts'
import { startWriting } from '../helpers/sequencer.ts'

t.test('a server that is ready says how it stands with each part', async (t) => {
	const server = await startServerHere(t)
	const { url, directory } = server
	const { position } = await server.post('general', 'hi')
	await allIndexed(url)
	const part = { state: 'ready', position, behind: 0 }
	const parts = { log: part, views: part, search: part, webhooks: part, control: { state: 'ready', behind: 0 } }
	t.match(await ask(url, '/readyz'), { status: 200, json: { status: 'ready', head: position, behind: 0, parts } })

	rmSync(join(directory, 'control.sock'))
	const { status, json } = await ask(url, '/readyz')
	t.match({ status, json }, { status: 200, json: { status: 'ready', parts: { control: { state: 'unreachable' } } } })
})

/** A server whose views have seen no more than its first message of two. */
async function behind(t: Parameters<typeof startWriting>[0], changes: object = {}) {
	const writing = startWriting(t)
	await writing.run(writing.post('one'))
	const seen = writing.views.checkpoint()
	await writing.run(writing.post('two'))
	const services = {
		log: writing.log,
		views: { checkpoint: () => seen },
		writer: { isWritable: () => true },
		search: { position: () => 1 },
		webhooks: { position: () => undefined },
		controlPath: '/dev/null',
		...changes,
	} as unknown as Services
	return { services, writing, head: writing.log.head().position, seen: seen.position }
}

t.test('which part is behind is said, and by how much', async (t) => {
	const { services, head, seen } = await behind(t)
	t.same(partsOf(services), {
		log: { state: 'ready', position: head, behind: 0 },
		views: { state: 'behind', position: seen, behind: head - seen },
		search: { state: 'behind', position: 1, behind: head - 1 },
		webhooks: { state: 'ready', position: head, behind: 0 },
		control: { state: 'ready', behind: 0 },
	})
	const { services: early } = await behind(t, { search: { position: () => undefined } })
	t.match(partsOf(early), { search: { state: 'starting', behind: head } })
	const { services: full } = await behind(t, { writer: { isWritable: () => false } })
	t.match(partsOf(full), { log: { state: 'disk_full' } })
})

t.test('views that are behind for a moment are no reason to turn people away, and for long they are', async (t) => {
	const { services, writing } = await behind(t)
	t.equal(viewsAreLate(services, writing.nowMs + viewsBehindMsMax), false)
	t.equal(viewsAreLate(services, writing.nowMs + viewsBehindMsMax + 1), true)
	t.equal(viewsAreLate({ log: writing.log, views: writing.views }, writing.nowMs + 10 * viewsBehindMsMax), false)
})
