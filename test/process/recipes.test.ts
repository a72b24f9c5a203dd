import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask, askJson } from '../helpers/http.ts'
import { Lines } from '../helpers/lines.ts'
import { type Account, addPerson, setUp } from '../helpers/people.ts'
import { type Server, startServer } from '../helpers/server.ts'
import { until } from '../helpers/until.ts'

/*
 * docs/recipes.md, every line of it, as it stands there.
 */

const page = readFileSync(new URL('../../docs/recipes.md', import.meta.url), 'utf8')
const recipes = new Map(
	page
		.split('\n## ')
		.slice(1)
		.map((section) => [
			section.split('\n', 1)[0] as string,
			[...section.matchAll(/```sh\n(.*?)```/gs)].map(([, code]) => code),
		]),
)

/** Made where it is asked for, so that in the end none is left. */
function recipe(title: string, count = 1): string[] {
	const found = recipes.get(title)
	if (found?.length !== count) throw new Error(`there are ${found?.length} recipes for ${title}`)
	recipes.delete(title)
	return found as string[]
}

const needs = { skip: spawnSync('jq', ['--version']).status !== 0 && 'jq is not installed' }

let server: Server
let owner: Account
let ada: Account
let ci: Account

interface Running {
	lines: Lines
	errors: () => string
	/** Its exit code. */
	exited: Promise<number>
	stop(): void
}

function run(t: Test, code: string, variables: Record<string, string> = {}, cwd = temporaryDirectory(t)): Running {
	const env = { ...process.env, URL: server.url, T: `Authorization: Bearer ${ci.token}`, BUILD: '4711', ...variables }
	// A group of its own, for it to be ended with all that it has started.
	const child: ChildProcess = spawn('bash', ['-c', code], {
		cwd,
		env,
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
	})
	let errors = ''
	child.stderr?.on('data', (chunk) => {
		errors += chunk
	})
	const stop = () => {
		try {
			process.kill(-(child.pid as number), 'SIGKILL')
		} catch {
			// It has ended by itself.
		}
	}
	t.teardown(stop)
	const exited = once(child, 'exit').then(([code]) => code as number)
	return { lines: new Lines(child.stdout as NodeJS.ReadableStream), errors: () => errors, exited, stop }
}

const say = (content: string, as: Account = owner) => server.post('general', content, as.headers)
const history = async (at: { url: string } = server, { headers }: Account = owner) =>
	(await ask(at.url, '/rooms/general/messages?limit=100', { headers })).json.messages as {
		sender: string
		content: string
	}[]
const contents = async () => (await history()).map(({ content }) => content)

t.before(async () => {
	server = await startServer(t, { guests: false })
	owner = await setUp(server)
	ada = await addPerson(server.url, owner, 'ada')
	ci = await addPerson(server.url, owner, 'ci', 'bot')
	await ask(server.url, '/rooms/general/members/ci', { method: 'PUT', headers: owner.headers })
})

t.test('follow, and grep', async (t) => {
	for (const code of recipe('Follow, and grep', 2)) {
		const { lines } = run(t, code)
		// Nothing says when it follows, so it is said until it is heard.
		const saying = setInterval(() => void say('an ERROR has happened').catch(() => {}), 50)
		await lines.until((line) => line.endsWith('owner: an ERROR has happened'))
		clearInterval(saying)
	}
})

t.test('tail into jq', needs, async (t) => {
	await say('tailed')
	const { lines } = run(t, recipe('Tail into jq')[0] as string)
	await lines.until((line) => line === 'owner\ttailed')
	await say('and followed')
	await lines.until((line) => line === 'owner\tand followed')
})

t.test('post a build’s result', async (t) => {
	const [code] = recipe('Post a build’s result'.replace('’', "'")) as [string]
	for (let i = 0; i < 2; i++) t.equal(await run(t, code).exited, 0)
	t.equal((await contents()).filter((content) => content === 'build 4711 is green').length, 1)
})

t.test('an approval gate', needs, async (t) => {
	const [code] = recipe('An approval gate') as [string]
	await say('go', ada)
	const gate = run(t, code)
	await until(async () => (await contents()).includes('deploy 4711? @ada, say go.'))
	await say('go', owner)
	await say('not yet', ada)
	t.same(gate.lines.all, [])
	await say('go', ada)
	await gate.lines.until((line) => line === 'deploying 4711')
	t.equal(await gate.exited, 0)
	const refused = run(t, code.replace('600000', '0'))
	t.not(await refused.exited, 0, 'without an answer it fails')
	t.same(refused.lines.all, [])
})

t.test('an alert to a room', async (t) => {
	const [disk, backup] = recipe('An alert to a room', 2) as [string, string]
	t.equal(await run(t, disk.replace('> 90', '> 100')).exited, 0, 'nothing is said where nothing is full')
	t.equal((await contents()).filter((content) => content.startsWith('disk')).length, 0)
	t.equal(await run(t, disk.replace('> 90', '>= 0')).exited, 0)
	t.equal(await run(t, backup).exited, 0)
	const said = await contents()
	t.ok(said.some((content) => /^disk \/.* is \d+% full/m.test(content)))
	t.ok(said.some((content) => /^the backup of .+ has failed$/.test(content)))
})

t.test('a complete export', async (t) => {
	await ask(server.url, '/rooms/general/members/ci', { method: 'PUT', headers: owner.headers })
	const directory = temporaryDirectory(t)
	t.equal(await run(t, recipe('A complete export')[0] as string, {}, directory).exited, 0)
	const frames = readFileSync(join(directory, 'export.ndjson'), 'utf8')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line))
	const messages = frames.filter(({ type }) => type === 'message').map(({ content }) => content)
	t.same(messages, await contents())
})

t.test('resume, with a file that holds the cursor', async (t) => {
	const [code] = recipe('Resume, with a file that holds the cursor') as [string]
	const directory = temporaryDirectory(t)
	const file = (name: string) => {
		const path = join(directory, name)
		return existsSync(path) ? readFileSync(path, 'utf8').trim() : ''
	}
	const handled = () =>
		file('handled.ndjson')
			.split('\n')
			.filter((line) => line !== '')
			.map((line) => JSON.parse(line))
			.flatMap(({ type, content }) => (type === 'message' ? [content] : []))
	const first = run(t, code, {}, directory)
	await until(() => file('cursor') !== '')
	const said = await say('while it runs')
	// Before that it would be handled again.
	await until(() => Number.parseInt(file('cursor'), 10) >= said.position)
	first.stop()
	await first.exited
	await say('while it is away')
	run(t, code, {}, directory)
	await until(() => handled().includes('while it is away'))
	t.same(handled(), ['while it runs', 'while it is away'])
})

t.test('a bot in ten lines of bash', needs, async (t) => {
	const [code] = recipe('A bot in ten lines of bash') as [string]
	const consumer = () => ask(server.url, '/consumers/bot', { headers: ci.headers })
	const bot = run(t, code)
	await until(async () => (await consumer()).status === 200)
	await say('!unknown')
	const asked = await say('!time')
	await until(async () => (await consumer()).json.position === asked.position)
	bot.stop()
	await bot.exited
	const later = await say('!load')
	// As if it had been ended before it could say that it has answered.
	await askJson(server.url, '/consumers/bot', { cursor: 0 }, { method: 'PUT', headers: ci.headers })
	run(t, code)
	await until(async () => (await consumer()).json.position === later.position)
	const answers = (await history()).filter(({ sender, content }) => sender === 'ci' && /\d\d:\d\d/.test(content))
	t.equal(answers.length, 2, 'each was answered once')
})

t.test('a digest, from cron', needs, async (t) => {
	const [code] = recipe('A digest, from cron') as [string]
	t.equal(await run(t, code).exited, 0)
	await say('one')
	await say('two')
	const count = (await contents()).length
	t.equal(await run(t, code).exited, 0)
	const said = await contents()
	t.equal(said.length, count + 1)
	t.match(said.at(-1), /^ +2 general$/)
	t.equal(await run(t, code).exited, 0)
	t.equal((await contents()).length, count + 1, 'what it says itself is nothing to tell')
})

t.test('two servers, bridged', needs, async (t) => {
	const flags = ['--webhook-networks', '127.0.0.1']
	const [here, there] = await Promise.all([0, 1].map(() => startServer(t, { guests: false, flags })))
	if (here === undefined || there === undefined) return
	const [hereOwner, thereOwner] = await Promise.all([setUp(here), setUp(there)])
	for (const [one, its] of [
		[here, hereOwner],
		[there, thereOwner],
	] as const) {
		await addPerson(one.url, its, 'bridge', 'bot')
	}
	const [code] = recipe('Two servers, bridged') as [string]
	const bearer = ({ token }: Account) => `Authorization: Bearer ${token}`
	const toThere = { URL: here.url, T: bearer(hereOwner), THERE: there.url, T2: bearer(thereOwner) }
	const toHere = { URL: there.url, T: bearer(thereOwner), THERE: here.url, T2: bearer(hereOwner) }
	for (const variables of [toThere, toHere]) {
		const { exited, errors } = run(t, code, variables)
		t.equal(await exited, 0, errors())
	}
	await here.post('general', 'from here', hereOwner.headers)
	await until(async () => (await history(there, thereOwner)).some(({ content }) => content === '**owner**: from here'))
	await there.post('general', 'from there', thereOwner.headers)
	await until(async () => (await history(here, hereOwner)).some(({ content }) => content === '**owner**: from there'))
	await here.post('general', 'the end', hereOwner.headers)
	await until(async () => (await history(there, thereOwner)).length === 3)
	t.equal((await history(here, hereOwner)).length, 3, 'nothing goes in circles')
})

t.test('there is no recipe that was not run', async (t) =>
	t.same([...recipes.keys()], needs.skip ? [...recipes.keys()] : []),
)
