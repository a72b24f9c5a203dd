import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readServeConfig } from '../../src/cli/config/flags.ts'
import { webhookCommand } from '../../src/cli/webhook.ts'
import { isMistake, tailroom } from '../helpers/cli.ts'
import { tearPage } from '../helpers/damage.ts'
import { ask, askJson } from '../helpers/http.ts'
import { addPerson, setUp } from '../helpers/people.ts'
import { Receiver, status } from '../helpers/receiver.ts'
import { startServer } from '../helpers/server.ts'
import { until } from '../helpers/until.ts'

const flags = ['--webhook-networks', '127.0.0.1']

t.test('a server that is killed posts on where it was: nothing is lost, and what comes again says so', async (t) => {
	const receiver = await Receiver.start(t)
	let server = await startServer(t, { guests: false, flags })
	const { directory } = server
	const owner = await setUp(server)
	await addPerson(server.url, owner, 'robot', 'bot')
	const webhook = { url: receiver.url, user: 'robot', room: 'general', filter: 'type == "message"' }
	t.equal((await askJson(server.url, '/webhooks', webhook, { headers: owner.headers })).status, 201)
	const said: number[] = []
	const first = () => new Map(receiver.all.map(({ headers, frame }) => [headers['webhook-id'], frame.position]))
	for (let kills = 0; kills < 2; kills++) {
		// Every other one is lost on its way back.
		let count = 0
		receiver.answers = (delivered, response, request) => {
			count += 1
			if (count % 2 === 0) response.destroy()
			else status(204)(delivered, response, request)
		}
		for (let i = 0; i < 5; i++) said.push((await server.post('general', `${said.length}`, owner.headers)).position)
		while (count < 2) await receiver.next()
		await server.stop('SIGKILL')
		server = await startServer(t, { guests: false, flags, directory })
	}
	receiver.answers = status(204)
	while (first().size < said.length) await receiver.next()
	t.same([...first().values()], said, 'each once by its id, in order')
	await until(async () => {
		const { json } = await ask(server.url, '/webhooks?user=robot', { headers: owner.headers })
		return json.webhooks[0].position === said.at(-1)
	})
})

t.test('tailroom webhook issues, lists and revokes, beside a server and without', async (t) => {
	const receiver = await Receiver.start(t)
	const server = await startServer(t, { guests: false, flags })
	const { directory } = server
	const on = (...args: string[]) => tailroom(['webhook', ...args, '--data', directory])
	const owner = await setUp(server)
	await addPerson(server.url, owner, 'robot', 'bot')
	const added = await on('add', 'robot', receiver.url, '--room', 'general', '--label', 'my bot', '--after', '0')
	const [, id = ''] = /^id +(\w+)\nsecret +whsec_\w+\n$/.exec(added.stdout) ?? []
	t.ok(id, added.stderr)
	const { position } = await server.post('general', 'hello', owner.headers)
	while ((await receiver.next()).frame.position !== position);
	t.match((await on('list', 'robot')).stdout, new RegExp(`^${id} +general +${receiver.url} +my bot +following`))
	t.match(await on('add', 'robot', 'nonsense'), { code: 1, stderr: /https:\/\// })
	await server.stop()
	const count = receiver.all.length
	t.match(await on('revoke', id), { code: 0, stdout: '' })
	t.match(await on('list', 'robot'), { code: 0, stdout: '' })
	t.equal(receiver.all.length, count, 'a command posts nothing')
	await isMistake(t, () => webhookCommand.run(['add', 'robot', '--data', directory]), /<url> is missing/)
	await isMistake(t, () => readServeConfig(['--webhook-networks', '10.0.0.0/33'], {}), /10\.0\.0\.0\/8/)
})

t.test('webhooks in damaged views keep a server from starting once', async (t) => {
	const server = await startServer(t, { guests: false, flags })
	const { directory } = server
	const owner = await setUp(server)
	await askJson(server.url, '/webhooks', { url: 'https://bot.example.org/' }, { headers: owner.headers })
	await server.stop()
	const views = readdirSync(directory).find((name) => /^views-.*\.db$/.test(name)) as string
	tearPage(join(directory, views), 'webhooks')
	await t.rejects(startServer(t, { guests: false, flags, directory }), { message: /the views were damaged/ })
	const again = await startServer(t, { guests: false, flags, directory })
	t.equal((await ask(again.url, '/webhooks', { headers: owner.headers })).json.webhooks.length, 1)
})
