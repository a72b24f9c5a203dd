import { cpSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { NewEvent } from '../../src/events/catalogue.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { startServerHere } from '../helpers/app.ts'
import { tailroom } from '../helpers/cli.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { appendable } from '../helpers/events.ts'
import { filesHolding } from '../helpers/files.ts'
import { ask, askJson } from '../helpers/http.ts'
import { listen } from '../helpers/listener.ts'
import { type Account, addMember, addPerson, putRoom, setUp, signIn } from '../helpers/people.ts'
import { recordedEvents } from '../helpers/record.ts'
import { type AnyServer, startServer } from '../helpers/server.ts'
import { isSound } from '../helpers/sound.ts'

/** Whatever holds this word says something of the person that nobody is to find. */
const canary = 'canary'

/** Resolves when nothing of it is in the directory any more: when the writer has had nothing to do for a while. */
async function untilForgotten(directory: string): Promise<void> {
	const giveUpAt = performance.now() + patienceMs
	for (let held = filesHolding(directory, canary); held.length > 0; held = filesHolding(directory, canary)) {
		if (performance.now() > giveUpAt) throw new Error(`${held} hold what is to be erased`)
		await sleep(50)
	}
}
const patienceMs = 60_000

t.test('of who is erased, with all that they wrote, no file holds anything', async (t) => {
	const server = await startServer(t, { guests: false })
	const { url, directory } = server
	const owner = await setUp(server)
	const ada = await addPerson(url, owner, 'canary-ada')
	const say = async (room: string, content: string, { headers }: Account, more: object = {}) =>
		(await askJson(url, `/rooms/${room}/messages`, { content, ...more }, { headers })).json

	// All that the server can come to know of somebody.
	const agent = { 'User-Agent': 'canary-agent' }
	await putRoom(url, owner, 'harbour')
	await addMember(url, owner, 'harbour', ada.name)
	for (const displayName of ['canary before', 'canary display name']) {
		await askJson(url, '/users/me', { displayName }, { method: 'PATCH', headers: ada.headers })
	}
	await askJson(url, '/tokens', { name: 'canary label' }, { headers: ada.headers })
	for (const password of ['a long enough password', 'a wrong password']) {
		await askJson(url, '/sessions', { name: 'canary-ada', password }, { headers: agent })
	}
	const cookie = await signIn(url, 'canary-ada')
	const basic = Buffer.from(`canary-ada:${ada.token}`).toString('base64')
	t.equal((await ask(url, '/users/me', { headers: { Authorization: `Basic ${basic}` } })).status, 200)
	const said = [
		await say('harbour', 'canary in a room', ada),
		await say('general', `canary at length ${'x'.repeat(20_000)}`, ada),
		await say('@owner', 'canary in a conversation', ada),
		await say('@me', 'canary in a notebook', ada),
	]
	for (const { room, id } of said) {
		const path = `/rooms/${room}/messages/${id}`
		const edited = await askJson(url, path, { content: 'canary edited' }, { method: 'PATCH', headers: ada.headers })
		t.equal(edited.status, 200)
	}
	await putRoom(url, owner, 'attic')
	for (const path of ['/rooms/attic/mutes/canary-ada', '/rooms/attic/bans/canary-ada']) {
		const imposed = { method: 'PUT', headers: owner.headers }
		t.equal((await askJson(url, path, { reason: 'canary reason' }, imposed)).status, 200)
	}
	// What they write of rooms and of others; also where somebody else changed it since.
	await addPerson(url, owner, 'bea')
	await putRoom(url, ada, 'workshop', { title: 'canary first title', topic: 'canary topic' })
	await putRoom(url, ada, 'workshop', { title: 'canary title' })
	await putRoom(url, owner, 'workshop', { title: 'a title of the owner’s' })
	await putRoom(url, owner, 'workshop', { historyLimit: 1_000 })
	for (const path of ['/rooms/workshop/mutes/bea', '/rooms/workshop/bans/bea']) {
		const imposed = { method: 'PUT', headers: ada.headers }
		t.equal((await askJson(url, path, { reason: 'canary reason of theirs' }, imposed)).status, 200)
	}
	const stays = await say('general', 'what the owner says', owner)
	const live = await listen(t, url, 'ndjson', '/events', owner)
	await live.untilType('live')
	const theirs = await listen(t, url, 'ndjson', '/events', { headers: cookie })
	await theirs.untilType('live')
	t.not(filesHolding(directory, canary).length, 0)
	const before = join(temporaryDirectory(t), 'before.db')
	t.match(await tailroom(['backup', before, '--data', directory]), { code: 0 })

	t.match(await tailroom(['user', 'erase', 'canary-ada', '--messages', '--data', directory]), {
		code: 0,
		stdout: '',
		stderr: '',
	})
	t.match(await theirs.over, { reason: 'rights_lost' })
	const erased = live.heard.filter(({ type }) => type === 'delete')
	t.equal(erased.length, 3, 'those in the notebook are nobody else’s to hear of')
	await untilForgotten(directory)
	await isSound(t, directory)
	t.match(await tailroom(['user', 'erase', 'canary-ada', '--data', directory]), { code: 1, stderr: /nobody called/ })

	const after = join(temporaryDirectory(t), 'after.db')
	t.match(await tailroom(['backup', after, '--data', directory]), { code: 0 })
	t.same(filesHolding(join(after, '..'), canary), [], 'nor a backup that is made afterwards')
	t.same(filesHolding(join(before, '..'), canary), ['before.db'], 'one from before does')
	t.match(await tailroom(['rebuild', '--data', directory]), { code: 0 })
	await untilForgotten(directory)
	t.equal(await server.stop(), 0)
	t.notMatch(server.errors(), new RegExp(canary))
	t.same(filesHolding(directory, canary), [])

	const again = await startServer(t, { directory, guests: false })
	const { json } = await ask(again.url, '/rooms/general/messages', { headers: owner.headers })
	t.match(json.messages, [
		{ sender: 'erased-1', erased: 'person' },
		{ content: 'what the owner says', id: stays.id },
	])
	const look = async (path: string) => (await ask(again.url, path, { headers: owner.headers })).json
	t.match(await look('/rooms/workshop'), { title: 'workshop', topic: '', historyLimit: 1_000 })
	t.match((await look('/rooms/workshop/bans')).bans, [{ userId: 'bea', by: 'erased-1', reason: '' }])
	t.notMatch(JSON.stringify(await look('/audit?limit=500')), /titleBy|topicBy/, 'whose words these were is in no audit')
	t.equal(await again.stop(), 0)
	t.same(filesHolding(directory, canary), [])
	await isSound(t, directory)

	// What stands in docs/operations.md.
	const restored = join(temporaryDirectory(t), 'restored')
	t.match(await tailroom(['restore', before, '--data', restored]), { code: 0 })
	t.match(await tailroom(['user', 'erase', 'canary-ada', '--messages', '--data', restored]), { code: 0 })
	t.same(filesHolding(restored, canary), [])
})

const messageCount = 4_000

/** A directory in which somebody has written that many messages. */
async function written(t: Test): Promise<{ directory: string; owner: Account }> {
	const server = await startServerHere(t, { guests: false })
	const owner = await setUp(server)
	await addPerson(server.url, owner, 'canary-ada')
	await server.stop()
	const { directory } = server
	const events = recordedEvents(directory)
	const [, joined] = events.filter(({ type }) => type === 'UserJoined')
	const [opened] = events.filter(({ type }) => type === 'RoomOpened')
	const log = openLogForWriting(join(directory, 'log.db'))
	const messages = Array.from({ length: messageCount }, (_, index): NewEvent => {
		const sequence = index + 1
		const userId = joined?.streamId as string
		return {
			streamId: opened?.streamId as string,
			type: 'MessagePosted',
			data: { room: 'general', messageId: `m-${sequence}`, sequence, userId },
			body: { content: `canary ${sequence}` },
		}
	})
	await log.append(
		log.head().position,
		messages.map((message) => appendable(message)),
	)
	log.close()
	return { directory, owner }
}

/** Asks for the erasing, and resolves when the first message is erased, without an answer yet. */
async function beginErasing(t: Test, { url }: AnyServer, { headers }: Account) {
	const live = await listen(t, url, 'ndjson', '/events', { headers })
	await live.untilType('live')
	const asked = request(`${url}/users/canary-ada?messages=true`, { method: 'DELETE', headers })
	asked.on('error', () => {})
	asked.on('response', () => t.fail('it was answered before all was erased'))
	asked.end()
	await live.untilType('delete')
	return { asked, live }
}

const made = await written(t)

t.test('a server that is killed in between finishes when it starts', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	cpSync(made.directory, directory, { recursive: true })
	const server = await startServer(t, { directory, guests: false })
	await beginErasing(t, server, made.owner)
	await server.stop('SIGKILL')
	const kept = recordedEvents(directory).filter(({ type, body }) => type === 'MessagePosted' && body !== null)
	t.ok(kept.length > 0 && kept.length < messageCount, `${kept.length} of ${messageCount} are left`)

	const again = await startServer(t, { directory, guests: false })
	await untilForgotten(directory)
	await isSound(t, directory)
	const deleted = recordedEvents(directory).flatMap((event) => (event.type === 'MessageDeleted' ? [event.data] : []))
	t.equal(new Set(deleted.map(({ messageId }) => messageId)).size, messageCount)
	t.equal(deleted.length, messageCount, 'each once')
	t.equal(await again.stop(), 0)
})

t.test('a client that does not wait for the answer changes nothing', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	cpSync(made.directory, directory, { recursive: true })
	const server = await startServerHere(t, { directory, guests: false })
	const { asked, live } = await beginErasing(t, server, made.owner)
	asked.destroy()
	await live.until(({ type, sequence }) => type === 'delete' && sequence === messageCount)
	await untilForgotten(directory)
	await server.stop()
})

t.test('a server that is stopped in between stops at once, and the command line finishes', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	cpSync(made.directory, directory, { recursive: true })
	const server = await startServer(t, { directory, guests: false })
	const { asked } = await beginErasing(t, server, made.owner)
	asked.removeAllListeners('response')
	const answered = new Promise((resolve) => asked.on('response', ({ statusCode }) => resolve(statusCode)))
	t.equal(await server.stop(), 0)
	t.equal(await answered, 503)
	t.ok(filesHolding(directory, canary).includes('log.db'))
	t.match(await tailroom(['user', 'list', '--data', directory]), { code: 0, stdout: /owner/ })
	const again = await startServer(t, { directory, guests: false })
	await untilForgotten(directory)
	t.equal(await again.stop(), 0)
})
