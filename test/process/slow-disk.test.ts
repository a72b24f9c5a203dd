import { mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { viewsPath } from '../../src/projections/files.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { type PostedFrame, startServer } from '../helpers/server.ts'
import { openSse } from '../helpers/sse.ts'
import { cannotTrace, slowly } from '../helpers/strace.ts'
import { openWebSocket } from '../helpers/websocket.ts'
import { ask, post } from '../helpers/writer.ts'

const skip = cannotTrace()

t.test('while the disk takes its time for a post, reads are answered and streams go on', { skip }, async (t) => {
	const server = await startServer(t, { under: slowly(['fsync', 'fdatasync'], 20) })
	const stream = await openSse(t, `${server.url}/rooms/general/events`)
	await stream.untilType('live')
	const speaker = await openWebSocket(t, server.webSocketUrl)
	const listener = await openWebSocket(t, server.webSocketUrl)
	await speaker.ask({ type: 'subscribe', room: 'general', userId: 'ada' }, 'live')
	await listener.ask({ type: 'subscribe', room: 'general', userId: 'bob' }, 'live')

	const posts = 20
	let reads = 0
	let live = 0
	for (let n = 0; n < posts; n++) {
		let isInFlight = true
		const posting = post(server.url, { room: 'general', content: `post ${n}`, sender: 'ada' }).finally(() => {
			isInFlight = false
		})
		// Both go on, one exchange after the other, for as long as the post is not answered.
		const reading = (async () => {
			while (isInFlight) {
				const { status } = await ask(`${server.url}/rooms/general/messages`)
				if (status !== 200) throw new Error(`a read was answered ${status}`)
				if (isInFlight) reads += 1
			}
		})()
		const talking = (async () => {
			while (isInFlight) {
				await speaker.ask({ type: 'hello' }, 'hello')
				if (isInFlight) live += 1
			}
		})()
		const { status, body } = await posting
		t.equal(status, 201)
		t.same((await stream.untilType('message')).data, JSON.parse(body), 'what was posted is streamed')
		t.same(await listener.untilType('message'), JSON.parse(body))
		await Promise.all([reading, talking])
	}
	// One that waits for the disk answers at most what was on its way: one a post.
	t.ok(reads > 2 * posts, `${reads} reads were answered while ${posts} posts were in flight`)
	t.ok(live > 2 * posts, `${live} exchanges over WebSocket were made while ${posts} posts were in flight`)
	t.equal(await server.stop(), 0)
})

t.test('an event that the views have not taken up yet is shown to nobody', { skip }, async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	mkdirSync(directory)
	// The log has committed, and the views take long: here the two differ for a while.
	const views = `${viewsPath(realpathSync(directory))}-wal`
	const first = await startServer(t, { directory })
	await first.post('general', 'the first one')
	await first.stop()
	const server = await startServer(t, { directory, under: slowly(['pwrite64'], 10, [views]) })

	let looks = 0
	for (let n = 0; n < 5; n++) {
		let isInFlight = true
		const posting = server.post('general', `post ${n}`).finally(() => {
			isInFlight = false
		})
		while (isInFlight) {
			const stream = await openSse(t, `${server.url}/rooms/general/events?tail=1`)
			const hello = await stream.untilType('hello')
			const shown = await stream.next()
			const history = JSON.parse((await ask(`${server.url}/rooms/general/messages`)).body)
			stream.close()
			const seen = Math.max(hello.data.head, shown?.data.position ?? 0)
			if (history.position < seen) t.fail(`position ${seen} was shown, and the history is at ${history.position}`)
			if (isInFlight) looks += 1
		}
		const posted: PostedFrame = await posting
		const history = JSON.parse((await ask(`${server.url}/rooms/general/messages`)).body)
		t.same(history.messages.at(-1), posted, 'what is answered is in the history')
	}
	t.ok(looks >= 5, `${looks} looks were taken while a post was in flight`)
})
