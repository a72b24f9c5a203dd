import { join } from 'node:path'
import t from 'tap'
import { openBadLine } from '../helpers/bad-line.ts'
import { openChat, openRoom, sameAsServer } from '../helpers/chats.ts'
import { tailroom } from '../helpers/cli.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { setUp } from '../helpers/people.ts'
import { startQuickServer } from '../helpers/quick-server.ts'
import { until } from '../helpers/until.ts'

t.test('a server that was restored from a backup is shown as it is now, and not as it was', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	let server = await startQuickServer(t, directory)
	const owner = await setUp({ url: server.url, directory })
	const line = await openBadLine(t, server.port)
	const chats = await Promise.all(
		(['sse', 'websocket'] as const).map((transport) => openChat(t, { url: line.url, token: owner.token, transport })),
	)
	const timelines = await Promise.all(chats.map((chat) => openRoom(chat, 'general')))
	const [writer] = chats as [(typeof chats)[0]]
	await writer.send('general', 'kept')
	const backup = join(temporaryDirectory(t), 'backup')
	t.equal((await tailroom(['backup', backup, '--data', directory])).code, 0)
	for (const content of ['lost', 'lost too']) await writer.send('general', content)
	await until(() => timelines.every(({ messages }) => messages.length === 3))
	await server.kill()
	const restored = join(temporaryDirectory(t), 'data')
	t.equal((await tailroom(['restore', backup, '--data', restored])).code, 0)
	server = await startQuickServer(t, restored)
	line.port = server.port
	line.cutAll()
	await until(() => timelines.every(({ messages }) => messages.length === 1))
	for (const [index, chat] of chats.entries()) {
		await chat.untilLive()
		await sameAsServer(t, server.url, owner, chat, timelines.slice(index, index + 1))
	}
	await writer.send('general', 'new')
	await until(() => timelines.every(({ messages }) => messages.at(-1)?.content === 'new'))
	t.match(
		timelines.map(({ messages }) => messages.map(({ content }) => content)),
		[
			['kept', 'new'],
			['kept', 'new'],
		],
	)
})
