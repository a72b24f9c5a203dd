import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { examine, type NamedFinding } from '../../../src/cli/doctor/checks.ts'
import { findInstallation } from '../../../src/cli/doctor/installation.ts'
import { askServer } from '../../../src/cli/doctor/server.ts'
import { lockDirectory } from '../../../src/events/lock.ts'
import { startServerHere } from '../../helpers/app.ts'
import { tailroom } from '../../helpers/cli.ts'
import { tearPage } from '../../helpers/damage.ts'
import { temporaryDirectory } from '../../helpers/directory.ts'
import { snapshotOfFiles } from '../../helpers/files.ts'
import { filledDirectory } from '../../helpers/filled-directory.ts'
import { nobody, tailroomByNobody } from '../../helpers/nobody.ts'
import { foreignConnection } from '../../helpers/sqlite.ts'

/** What is found on a directory, by the names of the checks; without what the machine itself gives cause for. */
async function findings(
	data: string,
	flags: Record<string, string> = {},
	environment: NodeJS.ProcessEnv = {},
): Promise<Record<string, NamedFinding>> {
	const all = await examine(await findInstallation({ data, port: '0', ...flags }, environment))
	return Object.fromEntries(all.map((finding) => [finding.name, finding]))
}

/** The names of those that are not well. */
function complaints(found: Record<string, NamedFinding>): string[] {
	const ofTheMachine = ['open files', 'file system', 'disk space']
	return Object.values(found).flatMap(({ name, state }) =>
		state === 'ok' || ofTheMachine.includes(name) ? [] : [name],
	)
}

t.test('beside a running server all is well, and it notices nothing', async (t) => {
	const server = await startServerHere(t)
	await server.post('general', 'one', { 'Tailroom-User': 'ada' })
	// The index of the search is begun meanwhile.
	const names = () => readdirSync(server.directory).filter((name) => !name.startsWith('search-'))
	const before = names()
	const found = await findings(server.directory)
	t.same(complaints(found), [])
	t.match(found, {
		server: { says: /is ready/ },
		log: { says: /of this version, and ends at position [1-9]/ },
		views: { says: /have all of it/ },
	})
	t.same(names(), before)
	await server.post('general', 'two', { 'Tailroom-User': 'ada' })

	const { code, stdout, stderr } = await tailroom(['doctor', '--json', '--data', server.directory, '--port', '0'])
	t.equal(code, 0, stderr)
	t.equal(JSON.parse(stdout).checks.find(({ name }: NamedFinding) => name === 'server').state, 'ok')
	const bad = await tailroom(['doctor', '--data', server.directory], {
		TAILROOM_HISTORY_TLL: '1d',
		TAILROOM_TOKEN: 'tr_x',
	})
	t.match(bad, { code: 1, stdout: /^problem +configuration +.*Did you mean TAILROOM_HISTORY_TTL\?$/m })
	const told = await tailroom(['config', '--guests'], { TAILROOM_DATA: server.directory, TAILROOM_TOKEN: 'tr_x' })
	t.match(told, {
		code: 0,
		stdout: new RegExp(`^data +${server.directory} +TAILROOM_DATA\nguests +true +--guests$`, 'm'),
	})
	t.notMatch(`${bad.stdout}${told.stdout}`, 'tr_x')
	const json = JSON.parse((await tailroom(['config', '--json'], { PORT: '81' })).stdout)
	t.match(json.settings[0], { name: 'port', value: 81, source: 'environment', from: 'PORT' })
	await server.post('general', 'three', { 'Tailroom-User': 'ada' })
})

t.test('without a server all is well too, and every file is as it was', async (t) => {
	const directory = await filledDirectory(t, 10)
	chmodSync(directory, 0o700)
	const before = snapshotOfFiles(directory)
	const found = await findings(directory)
	t.same(complaints(found), [])
	t.match(found.server?.says, 'No server runs')
	t.same(snapshotOfFiles(directory), before)
})

t.test('where nothing is yet, it says so and makes nothing', async (t) => {
	const above = temporaryDirectory(t)
	const found = await findings(join(above, 'a', 'data'))
	t.same(complaints(found), ['data directory'])
	t.match(found['data directory'], { state: 'warning', says: /the first start makes it/ })
	t.same(readdirSync(above), [])
	t.match((await findings(above)).log, { state: 'ok', says: /no log yet/ })
	const file = join(above, 'file')
	writeFileSync(file, '')
	const ofFile = await findings(file)
	t.match(ofFile['data directory'], { state: 'problem', says: /is no directory/ })
	t.same(complaints(ofFile), ['data directory'], 'what is in it is not asked')
})

t.test('a log of a newer version, one that is lost, and one that is damaged', async (t) => {
	const directory = await filledDirectory(t, 10)
	const path = join(directory, 'log.db')
	foreignConnection(t, path).exec("INSERT INTO migrations (name, digest) VALUES ('of tomorrow', '')")
	t.match((await findings(directory)).log, { state: 'problem', says: /written by a newer version/ })
	rmSync(path)
	t.match((await findings(directory)).log, { state: 'problem', says: /is missing, but .* Restore a backup/ })

	const damaged = await filledDirectory(t, 10)
	chmodSync(damaged, 0o700)
	tearPage(join(damaged, 'log.db'), 'events')
	t.match((await findings(damaged)).log, { state: 'problem', says: /malformed/ })
	writeFileSync(join(damaged, 'log.db'), 'x'.repeat(20_000))
	const found = await findings(damaged)
	t.match(found.log, { state: 'problem', says: /not a database.* tailroom restore <file>/ })
	t.same(complaints(found), ['log'], 'what is one cause is told once')

	const changed = await filledDirectory(t, 10)
	foreignConnection(t, join(changed, 'log.db')).exec('DROP TRIGGER events_are_never_deleted')
	const says = /the trigger "events_are_never_deleted" is missing: run tailroom verify/
	t.match((await findings(changed)).log, { state: 'problem', says })
})

t.test('views that are behind, gone, or of another log', async (t) => {
	const directory = await filledDirectory(t, 10)
	const name = readdirSync(directory).find((name) => /^views-[0-9a-f]+\.db$/.test(name)) as string
	const path = join(directory, name)
	const views = foreignConnection(t, path)
	views.exec("UPDATE checkpoint SET log_id = 'another'")
	t.match((await findings(directory)).views, {
		state: 'problem',
		says: /^The views belong to another log: run tailroom/,
	})
	views.close()
	writeFileSync(path, 'x'.repeat(20_000))
	t.match((await findings(directory)).views, { state: 'warning', says: /damaged .*: the next start discards them/ })
	rmSync(path)
	t.match((await findings(directory)).views, { state: 'ok', says: /no views, and the next start builds them/ })
	writeFileSync(join(directory, 'views-0123456789abcdef.db'), '')
	t.match((await findings(directory)).views, { state: 'ok', says: /of another version/ })
})

t.test('what was left by a copy or a build that was killed', async (t) => {
	const directory = await filledDirectory(t, 1)
	writeFileSync(join(directory, 'views-0123456789abcdef.building.db'), '')
	writeFileSync(join(directory, `log.db.partial-${process.pid}`), '')
	t.match((await findings(directory)).leftovers, { state: 'ok', says: /building\.db .* the next start removes it/ })
	writeFileSync(join(directory, 'log.db.partial-999999999'), '')
	const says = new RegExp(`: rm ${directory}/log\\.db\\.partial-999999999$`)
	t.match((await findings(directory)).leftovers, { state: 'warning', says })
})

t.test('a server that hangs, or is not there yet', async (t) => {
	const directory = temporaryDirectory(t)
	t.same(await askServer(directory), { is: 'absent' })
	const lock = lockDirectory(directory)
	t.same(await askServer(directory), { is: 'silent' })
	t.match((await findings(directory)).server, { state: 'problem', says: /does not answer/ })
	await listenAndSayNothing(t, join(directory, 'control.sock'))
	t.same(await askServer(directory, 50), { is: 'silent' })
	lock.release()
	t.same(await askServer(directory, 50), { is: 'absent' })
})

async function listenAndSayNothing(t: Test, path: string): Promise<void> {
	const server = createServer()
	await new Promise<void>((resolve) => server.listen(path, resolve))
	t.teardown(() => server.close())
}

t.test('everything that is wrong with what a server is told is told at once', async (t) => {
	const directory = temporaryDirectory(t)
	const environment = { TAILROOM_TRUST_PROXIES: '::1', TAILROOM_CONFIG: '/nowhere.json', TAILROOM_HOST: '::1' }
	const { configuration, address } = await findings(directory, { 'history-limit': 'all' }, environment)
	t.match(configuration, {
		state: 'problem',
		says: /TAILROOM_TRUST_PROXY\?; cannot read .*nowhere\.json.*; --history-limit/,
	})
	t.match(address, { state: 'ok', says: /at ::1/ }, 'the rest is looked at all the same')
	const file = join(directory, 'config.json')
	writeFileSync(file, '{"port":"1","guests":1,"data":"here"}')
	const told = await findInstallation({ config: file }, {})
	t.same([told.directory, told.mistakes.length], [join(directory, 'here'), 2], 'what is well in a file counts')
	const guessed = await findInstallation({ config: '/nowhere.json' }, {})
	t.match(guessed.mistakes, [/cannot read/, /which data directory is meant is not known so/])
})

t.test('a port that another program has', async (t) => {
	const { port, directory } = await startServerHere(t)
	const told = { port: String(port) }
	t.match((await findings(temporaryDirectory(t), told)).port, { state: 'problem', says: /does not start.* is in use/ })
	t.equal((await findings(directory, told)).port, undefined, 'of the server itself nothing is said')
})

t.test('an address at which a server cannot listen', async (t) => {
	const directory = temporaryDirectory(t)
	const port = async (host: string) => (await findings(directory, { host })).port
	t.match(await port('127.0.0.1'), { state: 'ok' })
	t.match(await port('203.0.113.5'), {
		state: 'problem',
		says: /203\.0\.113\.5 is no address of this machine: say --host/,
	})
	t.match(await port('foo bar'), { state: 'problem', says: /no address is known for the host "foo bar"/ })
})

t.test('files that a server could not write or remove', async (t) => {
	const directory = await filledDirectory(t, 1)
	t.match((await findings(directory)).files, { state: 'ok' })
	mkdirSync(join(directory, 'control.sock'))
	t.match((await findings(directory)).files, { state: 'problem', says: /control\.sock is a directory/ })
	rmdirSync(join(directory, 'control.sock'))
	chmodSync(dirname(directory), 0o711)
	for (const name of ['', ...readdirSync(directory)]) {
		if (nobody.uid !== undefined) chownSync(join(directory, name), nobody.uid, nobody.gid)
	}
	chmodSync(join(directory, 'log.db'), 0o400)
	const { code, stdout } = await tailroomByNobody(['doctor', '--data', directory, '--port', '81'])
	t.equal(code, 1)
	t.match(stdout, /^problem +files +\S+log\.db cannot be written .*chmod u\+w/m)
	if (Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8')) > 81) {
		t.match(stdout, /^problem +port .*may not listen on port 81: choose/m)
	}
})
