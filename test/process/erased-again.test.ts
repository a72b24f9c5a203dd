import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { eraseAgain } from '../../src/commands/erase-again.ts'
import { backup } from '../../src/events/backup.ts'
import { copiesBeside, copiesNamed } from '../../src/events/log-copies.ts'
import { restore } from '../../src/events/restore.ts'
import { verify } from '../../src/projections/verify.ts'
import { type ServerHere, startServerHere } from '../helpers/app.ts'
import { tailroom } from '../helpers/cli.ts'
import { flipIn } from '../helpers/damage.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { filesHolding } from '../helpers/files.ts'
import { ask, askJson } from '../helpers/http.ts'
import { type Account, addMember, addPerson, password, putRoom, setUp } from '../helpers/people.ts'
import { recordedEvents } from '../helpers/record.ts'
import { isSound } from '../helpers/sound.ts'
import { until } from '../helpers/until.ts'

/** Whatever holds this word is erased later. */
const canary = 'canary'

interface House {
	server: ServerHere
	owner: Account
	say(room: string, content: string, by?: Account): Promise<string>
	erase(path: string): Promise<void>
	change(path: string, change: object, method?: string, by?: Account): Promise<Record<string, string>>
}

async function house(t: Test, directory?: string, owner?: Account): Promise<House> {
	const server = await startServerHere(t, { ...(directory === undefined ? {} : { directory }) })
	const by = owner ?? (await setUp(server))
	const change: House['change'] = async (path, change, method = 'POST', { headers } = by) => {
		const { status, json, text } = await askJson(server.url, path, change, { method, headers })
		if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`)
		return json
	}
	return {
		server,
		owner: by,
		change,
		say: async (room, content, account) =>
			(await change(`/rooms/${room}/messages`, { content }, 'POST', account)).id as string,
		async erase(path) {
			const { status, text } = await ask(server.url, path, { method: 'DELETE', headers: by.headers })
			if (status >= 300) throw new Error(`${path}: ${status} ${text}`)
		},
	}
}

/** Restores a backup as the command does. */
async function restored(t: Test, file: string, ...named: string[]) {
	const directory = join(temporaryDirectory(t), 'data')
	const copies = [...named.flatMap((path) => copiesNamed(path, file)), ...copiesBeside(file)]
	let erased: Awaited<ReturnType<typeof eraseAgain>> | undefined
	const content = await restore(file, directory, async (log) => {
		erased = await eraseAgain(log, copies)
	})
	return { directory, content, ...(erased as NonNullable<typeof erased>) }
}

t.test('what was erased after a backup was made does not come back with it', async (t) => {
	const { server, owner, say, erase, change } = await house(t)
	const { url, directory } = server
	const [ada, bea] = [await addPerson(url, owner, `${canary}-ada`), await addPerson(url, owner, 'bea')]
	for (const room of ['harbour', 'attic', 'team']) await putRoom(url, owner, room)
	for (const room of ['harbour', 'team']) await addMember(url, owner, room, ada.name)
	const deleted = await say('general', `${canary} deleted`)
	await change(`/rooms/general/messages/${deleted}`, { content: `${canary} edited` }, 'PATCH')
	const adas = await say('harbour', `${canary} of ada`, ada)
	await change('/users/me', { displayName: `${canary} display name` }, 'PATCH', ada)
	await change('/users/me', { displayName: `${canary} old name` }, 'PATCH', bea)
	for (let n = 1; n <= 3; n++) await say('attic', `${canary} cleared ${n}`)
	await say('attic', 'kept, since it is said last')
	const hook = await change('/hooks', { room: 'team', name: `${canary} hook` })
	await change('/rooms/general/bans/guest', { reason: `${canary} reason` }, 'PUT')
	await change(`/consumers/${canary}-bot`, { cursor: '1' }, 'PUT', ada)
	const stays = await say('general', 'stays')

	const backups = temporaryDirectory(t)
	const [older, newer] = [join(backups, 'older.db'), join(backups, 'newer.db')]
	await backup(directory, older)
	const atBackup = recordedEvents(directory).length

	await change(`/rooms/general/messages/${deleted}`, { content: `${canary} edited again` }, 'PATCH')
	const later = await say('general', 'is not in the backup')
	await erase(`/rooms/general/messages/${deleted}`)
	await erase(`/rooms/general/messages/${later}`)
	for (let n = 1; n <= 3; n++) await say('attic', `not in the backup ${n}`)
	await erase('/rooms/attic/messages?through=3')
	await erase('/rooms/attic/messages?through=6')
	for (const displayName of ['between', 'new name']) await change('/users/me', { displayName }, 'PATCH', bea)
	await change('/users/bea', { password: 'another long password' }, 'PATCH')
	await erase(`/hooks/${hook.id}`)
	await change('/rooms/general/bans/guest', { reason: 'said otherwise' }, 'PUT')
	await erase(`/users/${ada.name}?messages=true`)
	await until(() => filesHolding(directory, canary).length === 0)
	await backup(directory, newer)

	t.same(filesHolding(backups, canary), ['older.db'])
	const { directory: again, texts, damaged, knownUntil, content } = await restored(t, older)
	t.ok(texts > 10, `${texts} texts`)
	t.same(damaged, [])
	t.equal(knownUntil, recordedEvents(directory).at(-1)?.recordedAt)
	t.ok(content.events > atBackup)
	t.same(filesHolding(again, canary), [])
	t.same(filesHolding(again, 'not in the backup'), [], 'nothing comes that the backup does not hold')
	t.same(readdirSync(again).sort(), ['lock.db', 'log.db'])
	t.match(await verify(again, () => {}), { views: { state: 'none' } })

	const { server: second, say: sayThere } = await house(t, again, owner)
	const look = async (path: string, { headers } = owner) => (await ask(second.url, path, { headers })).json
	t.match((await look('/rooms/general/messages')).messages, [
		{ id: deleted, erased: 'author' },
		{ id: stays, content: 'stays' },
	])
	t.match((await look('/rooms/harbour/messages')).messages, [{ id: adas, sender: 'erased-1', erased: 'person' }])
	t.match(
		(await look('/rooms/attic/messages')).messages.map(({ erased }: { erased?: string }) => erased),
		['moderator', 'moderator', 'moderator', 'moderator'],
	)
	await sayThere('attic', 'the next one')
	t.match((await look('/rooms/attic/messages')).messages.at(-1), { sequence: 5, content: 'the next one' })
	t.match((await look('/users')).users, [{ name: 'owner' }, { name: 'bea', displayName: 'new name' }])
	t.match((await look('/hooks')).hooks, [])
	t.match((await look('/rooms/general/bans')).bans, [{ userId: 'guest', reason: 'said otherwise' }])
	const signedIn = async (given: string) =>
		(await askJson(second.url, '/sessions', { name: 'bea', password: given })).status
	t.not(await signedIn(password), 201)
	t.equal(await signedIn('another long password'), 201)
	t.equal((await ask(second.url, '/users/me', { headers: ada.headers })).status, 401)
	await second.stop()
	await isSound(t, again)
	t.same(filesHolding(again, canary), [])

	// Once more, now from the newest state of what was restored: nothing is left to do.
	await backup(again, join(backups, 'newest.db'))
	const third = await restored(t, join(backups, 'newest.db'))
	t.equal(third.texts, 0, 'what was erased again is not erased a third time')
})

t.test('a copy that took another turn counts as far as both are the same', async (t) => {
	const { server, owner, say, erase } = await house(t)
	const [ada, bea] = [await addPerson(server.url, owner, 'ada'), await addPerson(server.url, owner, `${canary}-bea`)]
	for (let n = 1; n <= 3; n++) await say('general', n === 3 ? 'last' : `${canary} ${n}`, n === 2 ? bea : owner)
	const place = temporaryDirectory(t)
	const [first, here, other] = ['first', 'here', 'other'].map((name) => join(place, name, 'backup.db')) as [
		string,
		string,
		string,
	]
	for (const file of [first, here, other]) mkdirSync(join(file, '..'))
	await backup(server.directory, first)
	await say('general', 'only there')
	await erase('/rooms/general/messages?through=4')
	await erase(`/users/${bea.name}?messages=true`)
	await backup(server.directory, other)

	// Somebody restores it without what was erased since, and life goes on there.
	const { directory, texts } = await restored(t, first)
	t.equal(texts, 0)
	const turned = await house(t, directory, owner)
	for (let n = 4; n <= 6; n++) await turned.say('general', `here ${n}`)
	await turned.erase(`/users/${ada.name}`)
	await turned.server.stop()
	await backup(directory, here)
	await server.stop()

	const { directory: again, damaged } = await restored(t, here, server.directory, join(other, '..'), first)
	t.same(damaged, [])
	t.same(filesHolding(again, canary), [])
	const { server: last } = await house(t, again, owner)
	const { json } = await ask(last.url, '/rooms/general/messages', { headers: owner.headers })
	t.match(
		json.messages.map(({ erased, content }: { erased?: string; content?: string }) => erased ?? content),
		['moderator', 'moderator', 'moderator', 'here 4', 'here 5', 'here 6'],
	)
	const erased = recordedEvents(again).flatMap((event) => (event.type === 'UserErased' ? [event.data.number] : []))
	t.same(erased, [1, 2], 'two people are never called the same')
	await last.stop()
	await isSound(t, again)
})

t.test('a damaged copy counts as far as it can be read, and it is said what cannot', async (t) => {
	const { server, say, erase } = await house(t)
	const ids = [
		await say('general', `${canary} one`),
		await say('general', 'two of them'),
		await say('general', 'three'),
	]
	const place = temporaryDirectory(t)
	const file = join(place, 'backup.db')
	await backup(server.directory, file)
	for (const id of ids) await erase(`/rooms/general/messages/${id}`)
	await server.stop()
	const second = recordedEvents(server.directory).filter(({ type }) => type === 'MessageDeleted')[1]
	flipIn(join(server.directory, 'log.db'), `${second?.eventId}`)

	const run = (...args: string[]) => tailroom(['restore', file, ...args])
	const told = await run('--erasures-from', server.directory, '--data', join(place, 'data'))
	t.match(told, { code: 0, stdout: /^Restored 10 events to .*\nErased again: 2 texts that .*\nStart with: .*\n$/ })
	t.match(
		told.stderr,
		/^tailroom: position 10 of .*log\.db is not what was written .*: what was erased there may be there again\n$/,
	)
	t.same(filesHolding(join(place, 'data'), canary), [])
	t.same(filesHolding(join(place, 'data'), 'two of them'), ['log.db'])

	const another = await house(t)
	const mistakes = await Promise.all([
		run('--erasures-from', join(place, 'nowhere'), '--data', join(place, 'other')),
		run('--erasures-from', another.server.directory, '--data', join(place, 'other')),
	])
	t.match(mistakes[0], { code: 1, stdout: '', stderr: /there is no .*nowhere/ })
	t.match(mistakes[1], { code: 1, stdout: '', stderr: /holds nothing of the log that .*backup\.db is a backup of/ })
	t.notOk(existsSync(join(place, 'other')))
	await t.rejects(
		restore(file, join(place, 'other'), async (log) => {
			await eraseAgain(log, [join(place, 'data', 'log.db')])
			throw new Error('interrupted')
		}),
		{ message: 'interrupted' },
	)
	t.notOk(existsSync(join(place, 'other')), 'of one that failed nothing is left')
})

t.test('only the old data directory knows all: without it, it is said up to when it is known', async (t) => {
	const { server, say, erase } = await house(t)
	const id = await say('general', `${canary} one`)
	const [place, elsewhere] = [temporaryDirectory(t), temporaryDirectory(t)]
	const [one, two] = [join(place, 'one.db'), join(elsewhere, 'two.db')]
	await backup(server.directory, one)
	await say('general', 'one more')
	await backup(server.directory, two)
	const until = recordedEvents(server.directory).at(-1)?.recordedAt as number
	await erase(`/rooms/general/messages/${id}`)

	const run = (...args: string[]) => tailroom(['restore', one, ...args])
	const [text, json, all] = await Promise.all([
		run('--erasures-from', two, '--data', join(place, 'a')),
		run('--erasures-from', two, '--data', join(place, 'b'), '--json'),
		run('--erasures-from', two, '--erasures-from', server.directory, '--data', join(place, 'c'), '--json'),
	])
	t.ok(text.stdout.includes(`\nWhat was erased after ${new Date(until).toISOString()} is there again: `), text.stdout)
	t.match(JSON.parse(json.stdout), { erasedAgain: 0, allErasedKnown: false, knownUntilMs: until })
	t.match(JSON.parse(all.stdout), { erasedAgain: 1, allErasedKnown: true })

	await server.stop()
	await backup(server.directory, join(place, 'whole.db'))
	t.match(
		await restored(t, one, server.directory),
		{ isAllKnown: true, texts: 1 },
		'though a backup ends there as well',
	)
})

t.test('a data directory that has lost its end tells what is left, and newer backups the rest', async (t) => {
	const { server, say, erase } = await house(t)
	const early = await say('general', `${canary} early`)
	const middle = await say('general', `${canary} middle`)
	const late = await say('general', 'erased at the very end')
	const place = temporaryDirectory(t)
	const file = join(place, 'backup.db')
	await backup(server.directory, file)
	await erase(`/rooms/general/messages/${early}`)
	for (let n = 0; n < 40; n++) await say('general', `${n} ${'long '.repeat(300)}`)
	await erase(`/rooms/general/messages/${middle}`)
	const newer = join(temporaryDirectory(t), 'newer.db')
	await backup(server.directory, newer)
	for (let n = 0; n < 40; n++) await say('general', `${n} ${'long '.repeat(300)}`)
	await erase(`/rooms/general/messages/${late}`)
	await server.stop()
	const old = join(temporaryDirectory(t), 'data.old')
	mkdirSync(old)
	for (const lost of [1, 3, 30]) {
		const log = readFileSync(join(server.directory, 'log.db'))
		writeFileSync(join(old, 'log.db'), log.subarray(0, log.length - lost * 4_096))
		const again = await restored(t, file, old, newer)
		t.match(again.damaged, [/log\.db is damaged after position \d+ \(/], `${lost} pages`)
		t.equal(again.isAllKnown, false)
		t.same(filesHolding(again.directory, canary), [])
		t.match(await verify(again.directory, () => {}), { views: { state: 'none' } })
		t.same(readdirSync(old), ['log.db'])
	}
	writeFileSync(join(old, 'log.db'), readFileSync(join(server.directory, 'log.db')).subarray(0, 8 * 4_096))
	const told = await tailroom(['restore', file, '--erasures-from', old, '--data', join(place, 'data')])
	t.match(told, { code: 0, stderr: /log\.db is damaged.*: what was erased there may be there again\n$/ })
	writeFileSync(join(old, 'log.db'), 'torn')
	const refused = await tailroom(['restore', file, '--erasures-from', old, '--data', join(place, 'other')])
	t.match(refused, { code: 1, stderr: /or it cannot be read: name another, or leave it out, and erase by hand/ })
})
