import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t, { type Test } from 'tap'
import { Acknowledging } from '../../src/cli/tail/acknowledging.ts'
import { Interruptions } from '../../src/cli/tail/interruptions.ts'
import { printFrames } from '../../src/cli/tail/print-frames.ts'
import { Printer } from '../../src/cli/tail/printer.ts'
import { TailroomError } from '../../src/client/error.ts'
import type { StreamFrame } from '../../src/client/line.ts'
import { RunningCommand, tailroom } from '../helpers/cli.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson } from '../helpers/http.ts'
import { type Account, addPerson, putRoom } from '../helpers/people.ts'
import { program } from '../helpers/program.ts'
import { cleanEnvironment, startServer } from '../helpers/server.ts'
import { until } from '../helpers/until.ts'

async function startHouseWithEnvironment(t: Test) {
	const house = await startHouse(t)
	const { url, owner } = house
	const environment = { TAILROOM_URL: url, TAILROOM_TOKEN: owner.token, XDG_CONFIG_HOME: temporaryDirectory(t) }
	return { ...house, environment }
}

async function say(url: string, { headers }: Account, room: string, content: string): Promise<string> {
	const { json } = await askJson(url, `/rooms/${room}/messages`, { content }, { headers })
	return json.cursor
}

function frameOf(sequence: number): StreamFrame {
	const place = { position: sequence, cursor: `${sequence}-00000000`, room: 'general', sequence }
	return { type: 'message', ...place, id: `${sequence}`, sender: 'ada', content: 'hello', timestamp: 1 }
}

t.test('a line a message, in which nothing can be forged', async (t) => {
	const { url, owner, environment } = await startHouseWithEnvironment(t)
	await say(url, owner, 'general', 'hello\n2026-01-01 00:00:00  #general  bob: \u001b[2Jforged\u009b1m\r\u202e')
	const tail = new RunningCommand(t, ['tail', '--after', '0'], environment)
	await tail.out.until((line) => line.endsWith('#general  owner: hello'))
	const forged = await tail.out.until((line) => line.includes('forged'))
	t.equal(forged, '    2026-01-01 00:00:00  #general  bob: \ufffd[2Jforged\ufffd1m')
	t.equal(await tail.out.until((line) => line.includes('\ufffd') && !line.includes('forged')), '    \ufffd')
	await say(url, owner, 'general', 'live')
	await tail.out.until((line) => line.endsWith('owner: live'))
	tail.process.kill('SIGINT')
	t.equal(await tail.exit(), 130)
	t.same(tail.errors.all, [])
})

t.test('as JSON all that is recorded, of the rooms that are named, and only what is wanted', async (t) => {
	const { url, owner, environment } = await startHouseWithEnvironment(t)
	await putRoom(url, owner, 'builds')
	await putRoom(url, owner, 'other')
	const tail = new RunningCommand(t, ['tail', '#builds', 'general', '--json', '--after', '0'], environment)
	await say(url, owner, 'other', 'not here')
	await say(url, owner, 'builds', 'green')
	await tail.out.until((line) => line.includes('green'))
	const rooms = new Set(tail.out.all.map((line) => JSON.parse(line).room))
	t.same(rooms, new Set(['general', 'builds']))
	t.ok(tail.out.all.some((line) => JSON.parse(line).type === 'room'))

	const wanted = new RunningCommand(t, ['tail', '--filter', 'content.contains("gr")', '--after', '0'], environment)
	await wanted.out.until((line) => line.includes('green'))
	t.equal(wanted.out.all.length, 1)
})

t.test('refused, each with its code and a sentence', async (t) => {
	const { url, owner, environment } = await startHouseWithEnvironment(t)
	const [position] = (await say(url, owner, 'general', 'x')).split('-')
	const { token } = await addPerson(url, owner, 'bob')
	await putRoom(url, owner, 'secret', { visibility: 'private' })
	const refused: [args: string[], code: number, stderr: RegExp, environment?: object][] = [
		[['nosuch'], 66, /nosuch/],
		[['general', 'nosuch'], 66, /"nosuch"/],
		[['secret'], 66, /secret/, { TAILROOM_TOKEN: token }],
		[['--after', '9999'], 65, /9999.*does not reach/],
		[['--after', 'yesterday'], 65, /yesterday.*no cursor/],
		[['--after', `${position}-00000000`], 65, /another server/],
		[['--filter', 'content.'], 65, /character 9/],
		[['--consumer', 'Not A Name'], 65, /onsumer/],
		[['--after', ''], 64, /--after/],
		[['--follow'], 64, /--follow/],
	]
	await Promise.all(
		refused.map(async ([args, code, stderr, more]) => {
			const result = await tailroom(['tail', ...args], { ...environment, ...more })
			t.match(result, { code, stdout: '', stderr }, args.join(' '))
			t.match(result.stderr, /^tailroom: [^\n]+\n$/)
		}),
	)
})

t.test('a token that is revoked meanwhile', async (t) => {
	const { url, owner, environment } = await startHouseWithEnvironment(t)
	const { json } = await askJson(url, '/tokens', { name: 'tail' }, { headers: owner.headers })
	const tail = new RunningCommand(t, ['tail', '--after', '0', '--json'], { ...environment, TAILROOM_TOKEN: json.token })
	await tail.out.until((line) => line.includes('general'))
	await ask(url, `/tokens/${json.id}`, { method: 'DELETE', headers: owner.headers })
	t.equal(await tail.exit(), 77)
	t.match(tail.errors.all.at(-1), /TAILROOM_TOKEN is not valid/)
})

t.test('a server that goes and comes back is said once each, and nothing is missing', async (t) => {
	const server = await startServer(t)
	const environment = { TAILROOM_URL: server.url, XDG_CONFIG_HOME: temporaryDirectory(t) }
	const tail = new RunningCommand(t, ['tail', '--after', '0'], environment)
	await server.post('general', 'one')
	await tail.out.until((line) => line.endsWith('one'))
	await server.stop('SIGKILL')
	await tail.errors.until((line) => line === 'tailroom: connection lost, trying again')
	const again = await startServer(t, { directory: server.directory, port: server.port })
	await again.post('general', 'two')
	await tail.out.until((line) => line.endsWith('two'))
	await tail.errors.until((line) => line === 'tailroom: back, nothing is missing')
	t.same(tail.errors.all, ['tailroom: connection lost, trying again', 'tailroom: back, nothing is missing'])
	t.same(
		tail.out.all.map((line) => line.split(': ')[1]),
		['one', 'two'],
	)
})

t.test('a consumer goes on after what was written out', async (t) => {
	const { url, owner, environment } = await startHouseWithEnvironment(t)
	// Or further: also who comes and goes has a place in the log.
	const isKept = async (cursor: string) => {
		const { json } = await ask(url, '/consumers/pager', owner)
		return (json?.position ?? 0) >= Number.parseInt(cursor, 10)
	}
	const first = new RunningCommand(t, ['tail', '--consumer', 'pager', '--after', '0'], environment)
	const cursor = await say(url, owner, 'general', 'one')
	await first.out.until((line) => line.endsWith('one'))
	await until(() => isKept(cursor))
	first.process.kill('SIGINT')
	await first.exit()
	const last = await say(url, owner, 'general', 'two')
	const second = new RunningCommand(t, ['tail', '--consumer', 'pager'], environment)
	await second.out.until((line) => line.endsWith('two'))
	t.equal(second.out.all.length, 1, 'what was acknowledged does not come again')
	await until(() => isKept(last))
})

t.test('of what nobody reads any more, nothing is said', async (t) => {
	const { url, owner, environment } = await startHouseWithEnvironment(t)
	await say(url, owner, 'general', 'one')
	const tail = spawn(process.execPath, [program, 'tail', '--after', '0'], {
		env: { ...cleanEnvironment(), ...environment },
	})
	t.teardown(() => tail.kill('SIGKILL'))
	let errors = ''
	tail.stderr.on('data', (chunk) => {
		errors += chunk
	})
	await once(tail.stdout, 'data')
	tail.stdout.destroy()
	const exited = once(tail, 'exit')
	await until(async () => {
		await say(url, owner, 'general', 'more')
		return tail.exitCode !== null
	})
	t.same([(await exited)[0], errors], [0, ''])
})

t.test('no more is written than is read, and only then it is acknowledged', async (t) => {
	const slow = new PassThrough({ highWaterMark: 4 })
	const printer = new Printer(slow)
	let isDone = false
	const done = printer.print('a line\n').then(() => {
		isDone = true
	})
	await new Promise((resolve) => setImmediate(resolve))
	t.equal(isDone, false)
	slow.resume()
	await done
})

t.test('acknowledged one after the other, of many the newest, and again what failed for now', async (t) => {
	const told: string[] = []
	const answers: PromiseWithResolvers<void>[] = []
	const problems: unknown[] = []
	const ack = (cursor: string) => {
		told.push(cursor)
		const answer = Promise.withResolvers<void>()
		answers.push(answer)
		return answer.promise
	}
	const acknowledging = new Acknowledging(ack, (problem) => problems.push(problem))
	acknowledging.done('1')
	acknowledging.done('2')
	acknowledging.done('3')
	t.same(told, ['1'])
	answers[0]?.resolve()
	await until(() => told.length === 2)
	t.same(told, ['1', '3'])
	answers[1]?.reject(new TailroomError('overloaded', 'Busy.', { status: 503 }))
	await until(() => told.length === 3)
	t.equal(told[2], '3')
	const no = new TailroomError('forbidden', 'No.', { status: 403 })
	answers[2]?.reject(no)
	await until(() => problems.length > 0)
	t.same(problems, [no])
})

t.test('what was printed takes no memory', async (t) => {
	setFlagsFromString('--expose-gc')
	const collect = runInNewContext('gc') as () => void
	const heldBytes = () => {
		collect()
		return process.memoryUsage().heapUsed
	}
	let before = 0
	async function* frames(): AsyncGenerator<StreamFrame, undefined> {
		for (let sequence = 1; sequence <= 50_000; sequence++) {
			// By then everything is loaded and compiled.
			if (sequence === 1_000) before = heldBytes()
			yield frameOf(sequence)
		}
		const grownMib = (heldBytes() - before) / 1_048_576
		t.ok(grownMib < 4, `${grownMib} MiB`)
		return undefined
	}
	const following = { [Symbol.asyncIterator]: frames, ack: async () => {}, close() {} }
	const options = { asJson: true, after: undefined, consumer: undefined, interruptions: new Interruptions() }
	await printFrames(following, new Printer(new PassThrough().resume()), options)
})

t.test('an acknowledgement that is refused ends it', async (t) => {
	const no = new TailroomError('forbidden', 'No.', { status: 403 })
	const closed = Promise.withResolvers<void>()
	async function* frames(): AsyncGenerator<StreamFrame, undefined> {
		yield frameOf(1)
		await closed.promise
		return undefined
	}
	const following = { [Symbol.asyncIterator]: frames, ack: () => Promise.reject(no), close: closed.resolve }
	const options = { asJson: true, after: undefined, consumer: 'pager', interruptions: new Interruptions() }
	await t.rejects(printFrames(following, new Printer(new PassThrough().resume()), options), no)
})
