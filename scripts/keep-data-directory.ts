import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import packageJson from '../package.json' with { type: 'json' }
import { logContent } from '../src/events/log-content.ts'
import { addressOf } from './server-address.ts'

/*
 * Keeps a data directory as this version leaves it, with what its server answered, so that every later version proves
 * that it brings it up to date: test/process/upgrade.test.ts. A release makes it in dist, with the folder as the argument;
 * without, it goes to where the tests look.
 */

const { version } = packageJson
const kept = process.argv[2] === undefined ? ofTests(version) : resolve(process.argv[2])
const directory = join(mkdtempSync(join(tmpdir(), 'tailroom-')), 'data')

if (existsSync(kept)) throw new Error(`${kept} is there already: what was released does not change`)
const main = new URL('../src/main.ts', import.meta.url).pathname
const server = spawn(
	process.execPath,
	[main, 'serve', '--port', '0', '--guests', '--data', directory, '--public-url', 'https://chat.example.org'],
	{
		stdio: ['ignore', 'pipe', 'inherit'],
	},
)
process.once('exit', () => server.kill())
const url = await addressOf(server)
const code = readFileSync(join(directory, 'setup-code'), 'utf8').trim()
const { token } = await ask('POST', '/setup', { code, name: 'owner', password: 'a long enough password' })
await live(token)
const answers: { path: string; answer: unknown }[] = []
for (const path of paths()) answers.push({ path, answer: await ask('GET', path, undefined, token) })
server.kill('SIGTERM')
await new Promise((resolve) => server.once('exit', resolve))
mkdirSync(kept, { recursive: true })
// Of a server that was stopped all lies in these; what SQLite keeps beside them is empty.
for (const name of readdirSync(directory).filter((name) => /^(log|views|search).*\.db$/.test(name))) {
	cpSync(join(directory, name), join(kept, 'data', name))
}
const { head } = logContent(join(kept, 'data', 'log.db'))
const lines = [{ head, token }, ...answers].map((line) => `${JSON.stringify(line)}\n`)
writeFileSync(join(kept, 'kept.ndjson'), lines.join(''))
rmSync(join(directory, '..'), { recursive: true })
process.stdout.write(`Kept ${kept}\n`)

function ofTests(version: string): string {
	return new URL(`../test/fixtures/released/${version}`, import.meta.url).pathname
}

/** Something of each kind. */
async function live(owner: string): Promise<void> {
	const say = async (room: string, content: string, by: string, more: object = {}) =>
		(await ask('POST', `/rooms/${room}/messages`, { content, ...more }, by)).id as string
	const invite = async (name: string) => {
		const { code } = await ask('POST', '/invites', { role: 'member' }, owner)
		return (await ask('POST', '/invites/accept', { code, name, password: `the password of ${name}` })).token as string
	}
	const [ada, bea, cleo] = [await invite('ada'), await invite('bea'), await invite('cleo')]
	await ask('PATCH', '/users/me', { displayName: 'Ada Lovelace' }, ada)
	await ask('PATCH', '/users/me', { displayName: 'Countess of Lovelace' }, ada)
	await ask('PUT', '/rooms/harbour', { visibility: 'private', title: 'The harbour', topic: 'Ships' }, owner)
	await ask('PUT', '/rooms/harbour/members/ada', { role: 'moderator' }, owner)
	await ask('PUT', '/rooms/attic', { title: 'Attic', historyLimit: 100 }, owner)
	const first = await say('general', 'the first words, @ada', owner)
	await say('general', 'an answer', ada, { replyTo: first })
	const edited = await say('general', 'tpyo', bea)
	await ask('PATCH', `/rooms/general/messages/${edited}`, { content: 'typo' }, bea)
	const deleted = await say('general', 'to be deleted', ada)
	await ask('DELETE', `/rooms/general/messages/${deleted}`, undefined, ada)
	await ask('PUT', `/rooms/general/messages/${first}/reactions/${encodeURIComponent('👋')}`, {}, ada)
	await say('harbour', 'größer 👋 a private word', ada)
	await say('@ada', 'between the two of us', owner)
	for (let n = 1; n <= 5; n++) await say('attic', `old ${n}`, owner)
	await ask('DELETE', '/rooms/attic/messages?through=3', undefined, owner)
	await ask('PUT', '/rooms/attic/bans/bea', { reason: 'was loud' }, owner)
	await ask('PUT', '/rooms/general/mutes/guest', { reason: 'is nobody' }, owner)
	await ask('POST', '/hooks', { room: 'harbour', name: 'builds' }, owner)
	await ask('PUT', '/consumers/deploy-bot', { cursor: '3' }, owner)
	await ask('PUT', '/rooms/general/read', { sequence: 1 }, ada)
	await say('general', 'what cleo says', cleo)
	await ask('DELETE', '/users/cleo?messages=true', undefined, owner)
}

function paths(): string[] {
	const rooms = ['general', 'harbour', 'attic', '@ada']
	return [
		...['/users', '/rooms', '/hooks', '/consumers', '/users/me', '/rooms/attic/bans', '/rooms/general/mutes'],
		...rooms.flatMap((room) => [`/rooms/${room}`, `/rooms/${room}/messages`]),
	]
}

// biome-ignore lint/suspicious/noExplicitAny: it is written down, and not looked at
async function ask(method: string, path: string, body?: object, token?: string): Promise<any> {
	const response = await fetch(`${url}${path}`, {
		method,
		headers: {
			...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
			...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
		},
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	})
	const text = await response.text()
	if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
	return text === '' ? undefined : JSON.parse(text)
}
