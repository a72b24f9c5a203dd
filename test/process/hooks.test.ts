import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import t from 'tap'
import { hookCommand } from '../../src/cli/hook.ts'
import { isMistake, tailroom } from '../helpers/cli.ts'
import { filesHolding } from '../helpers/files.ts'
import { ask, askJson } from '../helpers/http.ts'
import { addPerson, setUp } from '../helpers/people.ts'
import { startServer } from '../helpers/server.ts'
import { isSound } from '../helpers/sound.ts'

const run = promisify(execFile)

t.test('the secret of a hook that is no more is in no file', async (t) => {
	const server = await startServer(t, { guests: false })
	const { url, directory } = server
	const { headers } = await setUp(server)
	const owner = { name: 'owner', token: '', headers: headers as { Authorization: string } }
	for (const name of ['one', 'two', 'three']) await addPerson(url, owner, name, 'bot')
	const issue = async (user: string) =>
		(await askJson(url, '/hooks', { room: 'general', user, name: `canary of ${user}` }, { headers })).json
	const [one, two, three] = [await issue('one'), await issue('two'), await issue('three')]
	const hooks = [one, two, three]
	for (const { id, secret } of hooks) {
		const said = await ask(url, `/hooks/${id}`, { headers: { Authorization: `Bearer ${secret}` }, body: 'x' })
		t.equal(said.status, 201)
		const files = filesHolding(directory, secret)
		t.ok(files.length > 0 && files.every((name) => name.startsWith('log.db')), `in the log alone: ${files}`)
	}
	t.equal((await ask(url, `/hooks/${one.id}`, { method: 'DELETE', headers })).status, 204)
	await askJson(url, '/users/two', { active: false }, { method: 'PATCH', headers })
	t.equal((await ask(url, '/users/three', { method: 'DELETE', headers })).status, 204)
	for (const text of [...hooks.map(({ secret }) => secret), 'canary of']) {
		while (filesHolding(directory, text).length > 0) await sleep(50)
	}
	await server.stop()
	await isSound(t, directory)
})

t.test('tailroom hook issues, lists and revokes, and what it prints works when pasted', async (t) => {
	const server = await startServer(t, { guests: false })
	const { url, directory } = server
	const owner = await setUp(server)
	await addPerson(url, owner, 'robot', 'bot')
	const on = (...args: string[]) => tailroom(['hook', ...args, '--data', directory])
	const paste = async (curl: string) => JSON.parse((await run('sh', ['-c', curl])).stdout)
	const issue = async (...flags: string[]) => {
		const { code, stdout } = await on('add', 'robot', 'general', '--label', 'builds', ...flags)
		t.equal(code, 0)
		const [, id = '', secret = '', curl = ''] =
			/^url +http:\S+\/hooks\/(\w+)\S*\nsecret +(whsec_\w+)\n\n(curl .+)\n$/.exec(stdout) ?? []
		t.match(await paste(curl), { sender: 'robot', content: 'hello' })
		return { id, secret, curl }
	}
	const hooks = [await issue(), await issue('--secret-in-url')] as const
	const { stdout } = await on('list', 'robot')
	for (const { id, secret } of hooks) {
		t.match(stdout, new RegExp(`^${id} +general +builds .*used 20`, 'm'))
		t.notOk(stdout.includes(secret))
	}
	t.match(await on('revoke', hooks[0].id), { code: 0, stdout: '' })
	t.equal((await ask(url, `/hooks/${hooks[1].id}`, { method: 'DELETE', headers: owner.headers })).status, 204)
	for (const { curl } of hooks) t.match(await paste(curl), { code: 'not_authenticated' })
	t.match(await on('add', 'robot', 'nowhere'), { code: 1, stderr: /no room/ })
	await isMistake(t, () => hookCommand.run(['add', 'robot', '--data', directory]), /<room> is missing/)
	await server.stop()
	const without = await on('add', 'robot', 'general')
	t.match(without, { code: 0, stdout: /^url +\/hooks\//, stderr: /put its address/ })
})
