import t, { type Test } from 'tap'
import { filesHolding } from '../helpers/files.ts'
import { ask, askJson } from '../helpers/http.ts'
import { eventsInLog } from '../helpers/log.ts'
import { type Account, setUp } from '../helpers/people.ts'
import { type Server, startServer } from '../helpers/server.ts'
import { isSound } from '../helpers/sound.ts'
import { openSse } from '../helpers/sse.ts'
import { until } from '../helpers/until.ts'
import { inTime } from '../helpers/writer.ts'

/*
 * What a room keeps no longer is in no file of the data directory: neither after the server has gone on,
 * nor after it was killed in between.
 */

/** So long that SQLite keeps it in pages of its own, here and there. */
const text = (word: string, i: number) => `${word} ${i}, `.repeat(i % 3 === 0 ? 400 : 1)

async function say(server: Server, { headers }: Account, word: string, count: number): Promise<void> {
	for (let i = 1; i <= count; i++) {
		const { id } = await server.post('general', text(word, i), headers)
		if (i % 4 !== 0) continue
		const path = `/rooms/general/messages/${id}`
		await askJson(server.url, path, { content: `${word} in other words` }, { method: 'PATCH', headers })
	}
}

/** Resolves when no file of the server's holds that text, which it is left in peace to see to. */
function gone({ directory }: Server, word: string): Promise<void> {
	return until(() => filesHolding(directory, word).length === 0)
}

async function proves(t: Test, directory: string): Promise<void> {
	await isSound(t, directory)
}

t.test('what was cleared is in no file', async (t) => {
	const server = await startServer(t)
	const { directory } = server
	const owner = await setUp(server)
	await say(server, owner, 'canary', 30)
	await server.post('general', 'kept', owner.headers)
	t.not(filesHolding(directory, 'canary').length, 0)
	const { headers } = owner
	t.match(await ask(server.url, '/rooms/general/messages?through=30', { method: 'DELETE', headers }), { status: 200 })
	await inTime(gone(server, 'canary'), 'who looks through the files')
	t.not(filesHolding(directory, 'kept').length, 0)
	await proves(t, directory)
	await server.stop()
	t.same(filesHolding(directory, 'canary'), [])
	await proves(t, directory)
})

t.test(
	'what is beyond a limit is in no file, also where the server was killed before and after it was erased',
	async (t) => {
		const server = await startServer(t)
		const { directory } = server
		const owner = await setUp(server)
		await say(server, owner, 'canary', 30)
		await say(server, owner, 'kept', 5)
		// Nothing is limited yet: all is in the files.
		await server.stop('SIGKILL')
		t.not(filesHolding(directory, 'canary').length, 0)

		const limited = await startServer(t, { directory, flags: ['--history-limit', '5'] })
		const stream = await openSse(t, `${limited.url}/rooms/general/events?after=0`, owner.headers)
		await stream.until(({ data: { type, through } }) => type === 'clear' && through === 30)
		// At once, so that nothing may be tidied up.
		await limited.stop('SIGKILL')
		const clearing = eventsInLog(directory).filter(({ type }) => type === 'HistoryCleared')
		t.equal(clearing.length, 1, 'many messages by one event')

		const again = await startServer(t, { directory, flags: ['--history-limit', '5'] })
		await inTime(gone(again, 'canary'), 'who looks through the files')
		t.not(filesHolding(directory, 'kept').length, 0)
		await proves(t, directory)
		const { json } = await ask(again.url, '/rooms/general/messages', { headers: owner.headers })
		t.same(
			json.messages.map(({ erased }: { erased?: string }) => erased ?? '-').join(' '),
			[...Array(30).fill('retention'), ...Array(5).fill('-')].join(' '),
		)
		await again.stop()
		t.same(filesHolding(directory, 'canary'), [])
		await proves(t, directory)
	},
)
