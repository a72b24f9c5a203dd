import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { verify } from '../../src/projections/verify.ts'
import { startServerHere } from '../helpers/app.ts'
import { tailroom } from '../helpers/cli.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { exported } from '../helpers/exporting.ts'
import { program } from '../helpers/program.ts'
import { fillLog } from '../helpers/record.ts'
import { cleanEnvironment, type PostedFrame } from '../helpers/server.ts'
import { ask } from '../helpers/writer.ts'

function start(args: readonly string[]) {
	return spawn(process.execPath, [program, ...args], { env: cleanEnvironment() })
}

/** `resumed`, or why not. */
async function answerTo(url: string, cursor: string): Promise<string> {
	const headers = { Accept: 'application/x-ndjson', 'Last-Event-ID': cursor }
	const { body } = await ask(`${url}/rooms/general/events?until=head`, { headers })
	const hello = JSON.parse(body.split('\n')[0] as string) as { mode: string; reason?: string }
	return hello.reason ?? hello.mode
}

t.test('an export beside a running server becomes a server that goes on from there', async (t) => {
	const running = await startServerHere(t)
	const kept: PostedFrame[] = []
	for (const content of ['one', 'größer 👋', 'three']) kept.push(await running.post('general', content))
	const { code, stdout, stderr } = await tailroom(['export', '--data', running.directory])
	t.same({ code, stderr }, { code: 0, stderr: '' })
	const lost = await running.post('general', 'lost')
	await running.stop()

	const directory = join(temporaryDirectory(t), 'imported')
	const imported = await tailroom(['import'], { TAILROOM_DATA: directory }, stdout)
	const [first = ''] = stdout.split('\n')
	const { events, head } = JSON.parse(first)
	t.match(imported, { code: 0, stderr: '' })
	t.equal(
		imported.stdout,
		`Imported ${events} events to ${directory}; the last one is ${head.position}-${head.fingerprint.slice(0, 8)}.\n` +
			`Start with: tailroom serve --data ${directory}\n`,
	)
	t.equal((await exported(directory)).toString(), stdout)

	const after = await startServerHere(t, { directory })
	const { body } = await ask(`${after.url}/rooms/general/messages`)
	t.same(JSON.parse(body).messages, kept)
	t.equal(await answerTo(after.url, kept[1]?.cursor as string), 'resumed')
	t.equal(await answerTo(after.url, lost.cursor), 'ahead')
	const others = [await after.post('general', 'other'), await after.post('general', 'and another')]
	t.ok((others.at(-1)?.position as number) > lost.position, 'the head has passed what was lost')
	t.equal(await answerTo(after.url, lost.cursor), 'diverged')
	t.equal(await answerTo(after.url, others[1]?.cursor as string), 'resumed')
	await after.stop()
	t.match(await verify(directory, () => {}), { views: { state: 'equal' } })
})

t.test('who reads only the beginning of an export ends it, and that is no failure', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	await fillLog(directory, ['general'], 5_000)
	const exporting = start(['export', '--data', directory])
	const errors = text(exporting.stderr)
	await once(exporting.stdout, 'data')
	exporting.stdout.destroy()
	const [code] = await once(exporting, 'exit')
	t.same({ code, errors: await errors }, { code: 0, errors: '' })
	t.same(readdirSync(directory), ['log.db'])
})

t.test('what a signal ends in the middle is not there, and is in nobody’s way', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	await fillLog(directory, ['general'], 3_000)
	const bytes = await exported(directory)
	for (const [signal, expected] of [
		['SIGTERM', 143],
		['SIGKILL', null],
	] as const) {
		const place = temporaryDirectory(t)
		const data = join(place, 'data')
		mkdirSync(data)
		const importing = start(['import', '--data', data])
		const watcher = watch(data, (_, name) => {
			// Each time that it is written to: also while it cleans up.
			if (name?.includes('partial')) importing.kill(signal)
		})
		importing.stdin.on('error', () => {})
		importing.stdin.write(bytes.subarray(0, bytes.length / 2))
		const [code] = await once(importing, 'exit')
		watcher.close()
		t.equal(code, expected)
		if (signal === 'SIGTERM') t.same(readdirSync(data), [])
		t.notOk(existsSync(join(data, 'log.db')))
		t.match(await tailroom(['import', '--data', data], {}, bytes), { code: 0, stderr: '' })
		t.same(readdirSync(data).sort(), ['lock.db', 'log.db'])
	}
})

t.test('mistakes and failures are one sentence', async (t) => {
	const place = temporaryDirectory(t)
	const run = (args: string[], input?: string) => tailroom(args, { TAILROOM_DATA: join(place, 'data') }, input)
	const [many, surplus, nothing, missing, other, ...helps] = await Promise.all([
		run(['export', 'a', 'b']),
		run(['import', 'a', 'b']),
		run(['export']),
		run(['import', join(place, 'nowhere.ndjson')]),
		run(['import'], 'hello\n'),
		run(['export', '--help']),
		run(['import', '--help']),
	])
	t.match(many, { code: 64, stdout: '', stderr: 'tailroom: nothing is known of "b"\n' })
	t.match(surplus, { code: 64, stdout: '', stderr: 'tailroom: nothing is known of "b"\n' })
	t.match(nothing, { code: 1, stdout: '', stderr: /^tailroom: there is no log in [^\n]+\n$/ })
	t.match(missing, { code: 1, stdout: '', stderr: `tailroom: there is no ${join(place, 'nowhere.ndjson')}\n` })
	const said = 'tailroom: standard input: line 1 is no JSON. Nothing was imported\n'
	t.match(other, { code: 1, stdout: '', stderr: said })
	for (const help of helps) t.match(help, { code: 0, stdout: /^Usage: .*For example: /s, stderr: '' })
	t.same(readdirSync(place), [])
})
