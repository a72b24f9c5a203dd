import t from 'tap'
import { filesHolding } from '../helpers/files.ts'
import { ask, askJson } from '../helpers/http.ts'
import { addPerson, setUp } from '../helpers/people.ts'
import { allIndexed, found } from '../helpers/searching.ts'
import { type Server, startServer } from '../helpers/server.ts'
import { isSound } from '../helpers/sound.ts'
import { openSse } from '../helpers/sse.ts'
import { until } from '../helpers/until.ts'
import { openWebSocket } from '../helpers/websocket.ts'
import { inTime } from '../helpers/writer.ts'

/** Resolves when no file of the server's holds that text, which it is left in peace to see to. */
function gone({ directory }: Server, text: string): Promise<void> {
	return until(() => filesHolding(directory, text).length === 0)
}

t.test('nothing of a message that was deleted is in any file, nor a guest who reacted and was let off', async (t) => {
	const server = await startServer(t)
	const { url, directory } = server
	const owner = await setUp(server)
	const ada = await addPerson(url, owner, 'ada')
	const path = '/rooms/general/messages'
	const follower = await openSse(t, `${url}/rooms/general/events`, owner.headers)
	await follower.untilType('live')

	/** Some texts are so long that SQLite keeps them in pages of their own. */
	const text = (version: string) => `canary ${version} ${'sings '.repeat(version === 'two' ? 10_000 : 3)}`
	const { id } = (await askJson(url, path, { content: text('one') }, ada)).json
	for (const version of ['two', 'three']) {
		const answer = await askJson(url, `${path}/${id}`, { content: text(version) }, { method: 'PATCH', ...ada })
		t.equal(answer.status, 200)
	}
	const bird = { 'Tailroom-User': 'canary-bird', 'Content-Type': 'text/plain' }
	const guests = (await ask(url, path, { headers: bird, body: text('of a guest') })).json
	const socket = await openWebSocket(t, server.webSocketUrl, ada.headers)
	const published = await socket.ask({ type: 'publish', room: 'general', content: text('four') }, 'published')
	await socket.ask({ type: 'edit', room: 'general', id: published.id, content: text('five') }, 'edited')
	await follower.until(({ data }) => data.type === 'edit' && data.id === published.id)
	const reaction = `${path}/${published.id}/reactions/${encodeURIComponent('👍')}`
	for (const method of ['PUT', 'DELETE', 'PUT']) {
		const { status } = await ask(url, reaction, { method, headers: { 'Tailroom-User': 'canary-bird' } })
		t.equal(status, 204)
	}
	for (const reason of ['canary reason', 'another canary reason']) {
		for (const kind of ['mutes', 'bans']) {
			const against = `/rooms/general/${kind}/canary-bird`
			t.equal((await askJson(url, against, { reason }, { method: 'PUT', headers: owner.headers })).status, 200)
		}
	}
	await allIndexed(url, ada.headers)
	const held = filesHolding(directory, 'canary')
	for (const file of [/^log/, /^search/])
		t.ok(
			held.some((name) => file.test(name)),
			String(file),
		)

	t.equal((await ask(url, `${path}/${id}`, { method: 'DELETE', headers: ada.headers })).status, 204)
	t.equal((await ask(url, `${path}/${guests.id}`, { method: 'DELETE', headers: owner.headers })).status, 204)
	await socket.ask({ type: 'delete', room: 'general', id: published.id }, 'deleted')
	for (const kind of ['mutes', 'bans']) {
		const against = `/rooms/general/${kind}/canary-bird`
		t.equal((await ask(url, against, { method: 'DELETE', headers: owner.headers })).status, 204)
	}
	await inTime(gone(server, 'canary'), 'who looks through the files')

	t.same(
		(await ask(url, path, ada)).json.messages.map(({ content, erased }: Record<string, string>) => [content, erased]),
		[
			['', 'author'],
			['', 'moderator'],
			['', 'author'],
		],
	)
	await server.stop()
	t.same(filesHolding(directory, 'canary'), [])
	await isSound(t, directory)
	const again = await startServer(t, { directory })
	const { json } = await ask(again.url, path, ada)
	t.same(await found(again.url, 'canary', ada.headers), [])
	t.match(json.messages, [{ id, content: '', erased: 'author', sender: 'ada' }, { sender: 'erased' }, {}])
})
