import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { temporaryDirectory } from '../helpers/directory.ts'
import { cleanEnvironment } from '../helpers/server.ts'

/*
 * A client that was written for the course's chapter "Pub/Sub Messaging and Message Ordering"
 * works unchanged against a server that was started with nothing but --guests.
 */

const path = (file: string) => new URL(file, import.meta.url).pathname

/** A python3 with the package that the course's client needs. */
function findPython(): string | undefined {
	return ['python3', '/usr/bin/python3'].find((program) => {
		try {
			execFileSync(program, ['-c', 'import websockets'], { stdio: 'ignore' })
			return true
		} catch {
			return false
		}
	})
}

async function freePort(): Promise<number> {
	const probe = createServer().listen(0, '127.0.0.1')
	await once(probe, 'listening')
	const { port } = probe.address() as { port: number }
	probe.close()
	await once(probe, 'close')
	return port
}

/** Started as the course says: in a directory of its own, with --guests, the port only in the environment. */
async function startForCourse(t: Test): Promise<string> {
	const port = await freePort()
	const child = spawn(process.execPath, [path('../../src/main.ts'), 'serve', '--guests'], {
		cwd: temporaryDirectory(t),
		env: { ...cleanEnvironment(), PORT: String(port) },
		stdio: ['ignore', 'pipe', 'inherit'],
	})
	t.teardown(() => child.kill('SIGKILL'))
	const [line] = await once(createInterface({ input: child.stdout }), 'line')
	if (!line.includes(`:${port}`)) throw new Error(`it does not listen on ${port}: ${line}`)
	return `ws://localhost:${port}`
}

/** A client in a process of its own. */
class Client {
	readonly process: ChildProcess
	/** What it has shown so far. */
	readonly shown: string[] = []
	#wake: () => void = () => {}
	#isOver = false

	constructor(child: ChildProcess) {
		this.process = child
		const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
		lines.on('line', (line) => {
			this.shown.push(line)
			this.#wake()
		})
		lines.on('close', () => {
			this.#isOver = true
			this.#wake()
		})
	}

	send(message: Record<string, unknown>): void {
		this.process.stdin?.write(`${JSON.stringify(message)}\n`)
	}

	/** Resolves when it has shown that line. */
	async shows(line: string): Promise<void> {
		await this.until(() => this.shown.includes(line))
	}

	async until(isSo: () => boolean): Promise<void> {
		while (!isSo()) {
			if (this.#isOver) throw new Error(`it ended, having shown ${JSON.stringify(this.shown)}`)
			await new Promise<void>((resolve) => {
				this.#wake = resolve
			})
		}
	}

	showed(kind: string): string[] {
		return this.shown.filter((line) => line.startsWith(`${kind} `))
	}
}

function scenarios(t: Test, program: string, args: string[]): void {
	async function connect(t: Test, address: string): Promise<Client> {
		const child = spawn(program, [...args, address], { stdio: ['pipe', 'pipe', 'inherit'], env: cleanEnvironment() })
		t.teardown(() => child.kill('SIGKILL'))
		const client = new Client(child)
		await client.shows('open')
		return client
	}

	async function join(t: Test, address: string, room: string, userId: string, sequence = 0): Promise<Client> {
		const client = await connect(t, address)
		client.send({ type: 'subscribe', room, userId })
		await client.shows(`subscribed ${room} ${sequence}`)
		return client
	}

	const publish = (room: string, sender: string, content: string) => ({ type: 'publish', room, sender, content })
	const server = startForCourse(t)

	t.test('who comes late reads the history, then goes on with what is new', async (t) => {
		const address = await server
		const alice = await join(t, address, 'late', 'alice')
		for (const content of ['one', 'two', 'three']) alice.send(publish('late', 'alice', content))
		await alice.shows('message late 3 alice three')
		const bob = await join(t, address, 'late', 'bob', 3)
		bob.send({ type: 'get_history', room: 'late' })
		await bob.shows('history late end')
		alice.send(publish('late', 'alice', 'four'))
		await bob.shows('message late 4 alice four')
		t.same(bob.showed('history'), [
			'history late 1 alice one',
			'history late 2 alice two',
			'history late 3 alice three',
			'history late end',
		])
		t.same(bob.showed('message'), ['message late 4 alice four'])
	})

	t.test('two rooms are kept apart, and one client can be in both', async (t) => {
		const address = await server
		const alice = await join(t, address, 'red', 'alice')
		const bob = await join(t, address, 'blue', 'bob')
		const both = await join(t, address, 'red', 'carol')
		both.send({ type: 'subscribe', room: 'blue', userId: 'carol' })
		await both.shows('subscribed blue 0')
		alice.send(publish('red', 'alice', 'to red'))
		await both.shows('message red 1 alice to red')
		bob.send(publish('blue', 'bob', 'to blue'))
		await both.shows('message blue 1 bob to blue')
		both.send(publish('red', 'carol', 'end'))
		both.send(publish('blue', 'carol', 'end'))
		await alice.shows('message red 2 carol end')
		await bob.shows('message blue 2 carol end')
		await both.shows('message blue 2 carol end')
		t.same(alice.showed('message'), ['message red 1 alice to red', 'message red 2 carol end'])
		t.same(bob.showed('message'), ['message blue 1 bob to blue', 'message blue 2 carol end'])
		t.equal(both.showed('message').length, 4)

		both.send({ type: 'unsubscribe', room: 'red' })
		await alice.shows('presence carol leave')
		alice.send(publish('red', 'alice', 'without carol'))
		await alice.shows('message red 3 alice without carol')
		bob.send(publish('blue', 'bob', 'with carol'))
		await both.shows('message blue 3 bob with carol')
		t.equal(both.showed('message').length, 5)
	})

	t.test('three messages in quick succession come numbered, in their order, to everybody', async (t) => {
		const address = await server
		const alice = await join(t, address, 'rapid', 'alice')
		const bob = await join(t, address, 'rapid', 'bob')
		for (const content of ['first', 'second', 'third']) alice.send(publish('rapid', 'alice', content))
		const expected = ['message rapid 1 alice first', 'message rapid 2 alice second', 'message rapid 3 alice third']
		for (const client of [alice, bob]) {
			await client.shows('message rapid 3 alice third')
			t.same(client.showed('message'), expected)
		}
		for (const content of ['a', 'b', 'c']) {
			alice.send(publish('rapid', 'alice', content))
			bob.send(publish('rapid', 'bob', content))
		}
		for (const client of [alice, bob]) await client.until(() => client.showed('message').length === 9)
		t.same(alice.showed('message'), bob.showed('message'), 'all see one order')
		const numbers = alice.showed('message').map((line) => Number(line.split(' ')[2]))
		t.same(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9])
	})

	t.test('joins and leaves are shown, also when a client dies', async (t) => {
		const address = await server
		const alice = await join(t, address, 'lobby', 'alice')
		const bob = await join(t, address, 'lobby', 'bob')
		await alice.shows('presence bob join')
		const carol = await join(t, address, 'lobby', 'carol')
		await alice.shows('presence carol join')
		await bob.shows('presence carol join')
		bob.send({ type: 'unsubscribe', room: 'lobby' })
		await alice.shows('presence bob leave')
		const dave = await join(t, address, 'lobby', 'dave')
		await alice.shows('presence dave join')
		dave.process.stdin?.end()
		await alice.shows('presence dave leave')
		carol.process.kill('SIGKILL')
		await alice.shows('presence carol leave')
		const others = alice.showed('presence').filter((line) => line !== 'presence alice join')
		t.same(others, [
			'presence bob join',
			'presence carol join',
			'presence bob leave',
			'presence dave join',
			'presence dave leave',
			'presence carol leave',
		])
	})
}

// They mostly wait for a client that died to be missed.
t.jobs = 2

t.test('a client in TypeScript', async (t) => {
	t.jobs = 4
	scenarios(t, process.execPath, [path('client.ts')])
})

const python = findPython()
const skip = python === undefined ? 'there is no python3 that can import websockets' : false
t.test('a client in Python', { skip }, async (t) => {
	t.jobs = 4
	scenarios(t, python as string, [path('client.py')])
})
