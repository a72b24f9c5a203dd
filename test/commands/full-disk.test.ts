import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { temporaryDirectory } from '../helpers/directory.ts'

/** A disk of this test's own that is soon full: a mount that only one process sees. */
const underSmallDisk = ['--user', '--map-root-user', '--mount', 'sh', '-c']
const mount = 'mount -t tmpfs -o size=16m tailroom "$1"'
const canMount = spawnSync('unshare', [...underSmallDisk, mount, 'sh', '/mnt']).status === 0

t.test(
	'on a disk that is full nothing is lost and nothing stops, and it goes on when there is room',
	{ skip: !canMount && 'this machine lets nobody mount a small disk' },
	async (t) => {
		const directory = join(temporaryDirectory(t), 'disk')
		mkdirSync(directory)
		const program = new URL('../helpers/full-disk.ts', import.meta.url).pathname
		const command = [`${mount} && exec "$2" "$3" "$1"`, 'sh', directory, process.execPath, program]
		const { stdout } = await promisify(execFile)('unshare', [...underSmallDisk, ...command])

		const { acknowledged, refused, untidy, keptWhileFull, tidied, again, events } = JSON.parse(stdout)
		t.ok(acknowledged > 10)
		t.equal(refused, 20)
		t.ok(untidy > 0, 'what cannot be moved into the file stays where it is')
		t.ok(keptWhileFull >= acknowledged + 1)
		t.equal(tidied, true)
		// Each under its key: those that were acknowledged, and those that were not, once.
		t.equal(again, acknowledged + refused)
		t.equal(events, acknowledged + refused + 1)
	},
)
