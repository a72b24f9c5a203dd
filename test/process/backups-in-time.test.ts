import { readdirSync, renameSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import { RunningCommand, tailroom } from '../helpers/cli.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { fillLog } from '../helpers/record.ts'

/** The file that a line on stdout tells of. */
function fileIn(line: string): string {
	const [, file = ''] =
		/^Backed up [\d,]+ events to (\S+\.db); the last one is \S+\.(?: \d+ older backups? removed\.)?$/.exec(line) ?? []
	return file
}

/** By its name, in Unix milliseconds. */
function madeAt(file: string): number {
	return Date.parse(
		basename(file)
			.slice(9, 29)
			.replace(/T(..)-(..)-(..)Z/, 'T$1:$2:$3Z'),
	)
}

t.test('backups are made in time, through failures and starts, until a signal', async (t) => {
	const place = temporaryDirectory(t)
	const [data, to, away] = ['data', 'backups', 'away'].map((name) => join(place, name)) as [string, string, string]
	await fillLog(data, ['general'], 3)
	const every = (time: string) => ['backup', '--to', to, '--every', time, '--keep', '2', '--data', data]

	const first = new RunningCommand(t, every('1s'))
	await first.out.until(() => first.out.all.length === 3)
	const files = first.out.all.map(fileIn)
	t.ok(files.every((file, index) => index === 0 || madeAt(file) - madeAt(files[index - 1] as string) >= 1_000))
	t.match(first.out.all[2], / 1 older backup removed\.$/)

	renameSync(to, away)
	const missing = /^tailroom: there is no directory .*backups: make it, or mount it\. Trying again in 1 s$/
	await first.errors.until((line) => missing.test(line))
	const before = first.out.all.length
	renameSync(away, to)
	await first.out.until(() => first.out.all.length > before)
	first.process.kill('SIGTERM')
	t.equal(await first.exit(), 0)

	const newest = madeAt(readdirSync(to).at(-1) as string)
	const second = new RunningCommand(t, every('3s'))
	const made = fileIn(await second.out.until(() => true))
	t.ok(madeAt(made) - newest >= 3_000, 'a start makes none where there is a young one')
	second.process.kill('SIGINT')
	t.equal(await second.exit(), 0)
	t.equal(readdirSync(to).length, 2)
})

t.test('one round says by its exit code whether it went well, and mistakes are told', async (t) => {
	const place = temporaryDirectory(t)
	const to = join(place, 'backups')
	const backup = (...args: string[]) => tailroom(['backup', ...args, '--data', place])
	const [failed, ...mistakes] = await Promise.all([
		backup('--to', to),
		backup('--every', '1h'),
		backup('file.db', '--keep', '3'),
		backup('file.db', '--to', to),
		backup('--to', to, '--every', '10'),
		backup('--to', to, '--every', '10ms'),
		backup('--to', to, '--keep', '0'),
		backup('--to', ''),
		backup('--to', to, '--keep', 'many'),
	])
	t.match(failed, { code: 1, stdout: '', stderr: /^tailroom: there is no log in .*\n$/ })
	for (const mistake of mistakes) t.match(mistake, { code: 64, stdout: '', stderr: /^tailroom: .*\n$/ })
	t.match(mistakes.at(-2)?.stderr, /--to is empty/)
	t.match(mistakes.at(-1)?.stderr, /from 1 to 10000/)
})
