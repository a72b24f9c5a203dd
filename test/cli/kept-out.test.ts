import { chmodSync, chownSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { tailroom } from '../helpers/cli.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { filledDirectory } from '../helpers/filled-directory.ts'
import { nobody, tailroomByNobody } from '../helpers/nobody.ts'
import { startServer } from '../helpers/server.ts'

t.test('who may not look into a directory is not told that nothing is there', async (t) => {
	if (nobody.uid === undefined) return t.pass('it takes another user to be kept out')
	const data = await filledDirectory(t, 3)
	const around = dirname(data)
	const own = join(temporaryDirectory(t), 'x.db')
	chmodSync(dirname(own), 0o777)
	const kept = new RegExp(`^tailroom: you may not look into ${around}: run this as its owner \\(root\\)\n$`)
	const commands = [
		['backup', own, '--data', data],
		['backup', '--to', dirname(own), '--data', data],
		['export', own, '--data', data],
		['verify', '--data', data],
		['rebuild', '--data', data],
		['user', 'list', '--data', data],
		['restore', join(data, 'log.db'), '--data', join(dirname(own), 'new')],
		['import', join(data, 'log.db'), '--data', join(dirname(own), 'new')],
		['serve', '--port', '0', '--data', data],
	]
	for (const args of commands) t.match(await tailroomByNobody(args), { code: 1, stderr: kept }, args.join(' '))

	chmodSync(around, 0o711)
	chmodSync(data, 0o755)
	t.match(
		(await tailroomByNobody(['verify', '--data', data])).stderr,
		/you may not read and write .*log\.db: run this as its owner/,
	)
	t.match((await tailroomByNobody(['serve', '--data', data])).stderr, /you may not write in .*: run this as its owner/)
	chownSync(data, nobody.uid, nobody.gid)
	for (const name of readdirSync(data)) chownSync(join(data, name), nobody.uid, nobody.gid)
	chmodSync(join(data, 'log.db'), 0o400)
	const started = await tailroomByNobody(['serve', '--port', '0', '--data', data])
	t.match(started.stderr, /you may not read and write .*log\.db: chmod u\+rwX .*log\.db\n$/)
})

t.test('what cannot be a data directory, or be listened on, is said in a sentence', async (t) => {
	const folder = temporaryDirectory(t)
	const file = join(folder, 'file')
	writeFileSync(file, '')
	const serve = async (...args: string[]) => (await tailroom(['serve', '--port', '0', ...args])).stderr
	t.match(await serve('--data', file), /is no directory, .*: choose another --data directory\n$/)
	t.match(await serve('--data', join(file, 'x')), /would lie in a file: choose another/)
	t.match(
		await serve('--data', join(folder, 'd'), '--host', '203.0.113.5'),
		/is no address of this machine: say --host/,
	)
})

t.test('a server says that others can look into its directory', async (t) => {
	const directory = temporaryDirectory(t)
	chmodSync(directory, 0o777)
	const server = await startServer(t, { directory })
	await server.stop()
	t.match(server.errors(), /"level":40.*Others on this machine can exchange files in .*chmod 700/)
})
