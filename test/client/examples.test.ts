import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { connect } from '../../src/client/node.ts'
import { checkout, runInCheckout } from '../helpers/checkout.ts'
import { ask } from '../helpers/http.ts'
import { installClient } from '../helpers/packed-client.ts'
import { addMember, addPerson, putRoom, setUp } from '../helpers/people.ts'
import { cleanEnvironment, startServer } from '../helpers/server.ts'
import { until } from '../helpers/until.ts'

/*
 * docs/client.md, every example of it, as it stands there: each is a program that imports the package as it is packed,
 * ends by itself, and prints what the page says.
 */

interface Example {
	title: string
	/** Its file in the project of somebody else. */
	file: string
	code: string
	prints: string
}

const endsWithinMs = 30_000

const page = readFileSync(join(checkout, 'docs/client.md'), 'utf8')
const sections = page.split('\n## ').slice(1)
const examples = sections.flatMap((section, index): Example[] => {
	const blocks = [...section.matchAll(/```ts\n(.*?)```\n\n```text\n(.*?)```/gs)]
	const title = section.split('\n', 1)[0] as string
	return blocks.map(([, code = '', prints = '']) => ({ title, file: `example-${index}.ts`, code, prints }))
})

const [project, server] = await Promise.all([installClient(t), startServer(t)])
const owner = await setUp(server)
const [ada, bob, ci] = await Promise.all([
	addPerson(server.url, owner, 'ada'),
	addPerson(server.url, owner, 'bob'),
	addPerson(server.url, owner, 'ci', 'bot'),
])
await putRoom(server.url, ada, 'harbour', { title: 'The harbour' })
await putRoom(server.url, bob, 'kitchen', { title: 'The kitchen' })
await putRoom(server.url, bob, 'logbook', { title: 'The logbook' })
await addMember(server.url, ada, 'harbour', 'bob')
await addMember(server.url, bob, 'logbook', 'ada')
for (const name of ['harbour', 'logbook']) await addMember(server.url, owner, name, 'ci')
for (let day = 1; day <= 120; day++) await server.post('logbook', `day ${day}`, bob.headers)
await server.post('general', 'hello, ada', bob.headers)
for (const content of ['land ahoy', '@ada, look!']) await server.post('harbour', content, bob.headers)
await until(async () => {
	const { json } = await ask(server.url, '/search?q=ahoy', { headers: ada.headers })
	return json.complete === true && json.messages.length === 1
})
const other = connect({ url: server.url, token: bob.token, transport: 'websocket' })
t.teardown(() => other.close())
await until(() => other.status.state === 'live')

/** What others do while an example runs. */
const meanwhile: Record<string, () => Promise<void> | void> = {
	'Who is typing, and WebSocket': () => other.typing('general'),
	'Bots: only what is wanted, and done once': async () => {
		const { status } = await ask(server.url, '/consumers/deployer', { headers: ci.headers })
		if (status !== 200 || asked) return
		asked = true
		for (const what of ['the first', 'the last']) await server.post('general', `!deploy ${what}`, bob.headers)
	},
}
let asked = false

t.test('there is no block but examples that print something', async (t) => {
	t.equal(page.match(/```(ts|js)/g)?.length, examples.length)
	for (const { title, code } of examples) t.match(code, /^import \{.* \} from 'tailroom\/client'\n/, title)
})

t.test('they are right to a strict compiler', async (t) => {
	symlinkSync(join(checkout, 'node_modules/@types'), join(project, 'node_modules/@types'))
	symlinkSync(join(checkout, 'node_modules/undici-types'), join(project, 'node_modules/undici-types'))
	writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
	for (const { file, code } of examples) writeFileSync(join(project, file), code)
	const options = {
		strict: true,
		noEmit: true,
		module: 'nodenext',
		target: 'es2022',
		types: ['node'],
		skipLibCheck: true,
	}
	const config = join(project, 'tsconfig.json')
	writeFileSync(config, JSON.stringify({ compilerOptions: options, include: ['example-*.ts'] }))
	t.equal(await runInCheckout('tsc', ['--project', config]).catch(({ stdout }) => stdout), '')
})

for (const { title, file, prints } of examples) {
	t.test(title, async (t) => {
		const { token } = title.startsWith('Bots') ? ci : ada
		// A program of its own in all but the process, of which there are too many for a quick test.
		const program = new Worker(join(project, file), {
			env: { ...cleanEnvironment(), TAILROOM_URL: server.url, TAILROOM_TOKEN: token },
			execArgv: [],
			stdout: true,
			stderr: true,
		})
		const output = text(program.stdout)
		const errors = text(program.stderr)
		// A test that fails says which example it was that went on for ever.
		const patience = AbortSignal.timeout(endsWithinMs)
		patience.addEventListener('abort', () => void program.terminate())
		let isOver = false
		const ending = new Promise<unknown>((resolve) => {
			program.once('exit', resolve).once('error', resolve)
		}).finally(() => {
			isOver = true
		})
		await until(async () => {
			await meanwhile[title]?.()
			return isOver
		})
		t.equal(await ending, 0, 'it ends by itself')
		t.equal(await output, prints)
		t.equal(await errors, '')
	})
}
