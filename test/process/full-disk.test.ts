import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { tailroom } from '../helpers/cli.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { visibleFrames } from '../helpers/record.ts'
import { type PostedFrame, type Server, startServer } from '../helpers/server.ts'
import { isSound } from '../helpers/sound.ts'
import { openSse } from '../helpers/sse.ts'
import { until } from '../helpers/until.ts'
import { openWebSocket } from '../helpers/websocket.ts'

interface SmallDisk {
	path: string
	/** Takes all that is left. */
	fill(): void
	makeRoom(): void
}

/** A disk of 16 MiB; undefined where nobody lets this test mount one. */
function mountSmallDisk(t: Test): SmallDisk | undefined {
	const path = join(temporaryDirectory(t), 'disk')
	mkdirSync(path)
	if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tailroom', path]).status !== 0) return undefined
	t.teardown(() => spawnSync('umount', ['--lazy', path]))
	const ballast = join(path, 'ballast')
	return {
		path,
		fill() {
			// By pages: what does not fit any more is not written in part.
			const page = Buffer.alloc(4_096)
			try {
				for (;;) writeFileSync(ballast, page, { flag: 'a' })
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
			}
		},
		makeRoom: () => rmSync(ballast),
	}
}

/** What is kept in a directory, but for what readers leave. */
function filesIn(directory: string): string[] {
	return readdirSync(directory)
		.filter((name) => !/-(shm|wal|journal)$/.test(name))
		.sort()
}

t.test('a server on a disk that is full', async (t) => {
	const disk = mountSmallDisk(t)
	if (disk === undefined) return t.test('a small disk', { skip: 'this machine lets nobody mount one' }, () => {})
	const directory = join(disk.path, 'data')
	const server = await startServer(t, { directory })
	const stream = await openSse(t, `${server.url}/rooms/general/events`)
	await stream.untilType('live')
	const socket = await openWebSocket(t, server.webSocketUrl)
	await socket.ask({ type: 'subscribe', room: 'general', userId: 'bo' }, 'live')
	const acknowledged: PostedFrame[] = []
	const say = async ({ url }: Server, content: string) => {
		const response = await fetch(`${url}/rooms/general/messages`, {
			method: 'POST',
			headers: { 'Content-Type': 'text/plain', 'Idempotency-Key': content.slice(0, 20) },
			body: content,
		})
		const answer = await response.json()
		if (response.status === 201) acknowledged.push(answer as PostedFrame)
		return { status: response.status, code: (answer as { code?: string }).code }
	}
	/** Until it is refused: there is always a little left in files that have grown. */
	const sayUntilFull = async (server: Server, word: string) => {
		for (let n = 0; ; n++) {
			const { status, code } = await say(server, `${word} ${n} `.repeat(2_000))
			if (status !== 201) return t.match({ status, code }, { status: 507, code: 'disk_full' })
		}
	}
	const heard = async () => {
		const last = acknowledged.at(-1)?.content
		await stream.until(({ data }) => data.content === last)
		await socket.until((data) => data.content === last)
	}
	const history = async ({ url }: Server) => {
		const response = await fetch(`${url}/rooms/general/messages?limit=500`)
		const { messages } = (await response.json()) as { messages: PostedFrame[] }
		return messages.at(-1)?.content
	}

	await t.test('refuses what is written, and goes on with all else', async (t) => {
		await say(server, 'the first one')
		disk.fill()
		await sayUntilFull(server, 'before')
		await heard()
		t.equal(await history(server), acknowledged.at(-1)?.content)
		t.match(await (await fetch(`${server.url}/readyz`)).json(), { status: 'disk_full' })
		const late = await openSse(t, `${server.url}/events?after=0&until=head`)
		t.ok((await late.rest()).some(({ data }) => data.content === acknowledged.at(-1)?.content))
		t.match(await socket.ask({ type: 'get_history', room: 'general' }, 'history'), { type: 'history' })
	})

	await t.test('leaves nothing half behind', async (t) => {
		const before = filesIn(directory)
		const backup = join(disk.path, 'backup.db')
		t.match(await tailroom(['backup', backup, '--data', directory]), { code: 1, stderr: /^tailroom: .*full/ })
		t.match(await tailroom(['rebuild', '--data', directory]), { code: 1, stderr: /^tailroom: .*full/ })
		t.same(filesIn(disk.path), ['ballast', 'data'])
		t.same(filesIn(directory), before)
		const first = await tailroom(['serve', '--port', '0', '--data', join(disk.path, 'new')])
		t.match(first, { code: 1, stderr: /^tailroom: .*the disk is full: make room first\n$/ })
	})

	await t.test('goes on by itself when there is room', async () => {
		disk.makeRoom()
		await until(async () => (await say(server, `after ${acknowledged.length}`)).status === 201)
		await heard()
	})

	await t.test('starts on it, to be read', async (t) => {
		t.equal(await server.stop(), 0)
		disk.fill()
		const next = await startServer(t, { directory })
		t.equal(await history(next), acknowledged.at(-1)?.content)
		t.match(await say(next, 'x'.repeat(30_000)), { status: 507 })
		t.equal(await next.stop('SIGKILL'), null)
		const last = await startServer(t, { directory })
		t.equal(await history(last), acknowledged.at(-1)?.content)
		disk.makeRoom()
		await until(async () => (await say(last, `again ${acknowledged.length}`)).status === 201)
		t.equal(last.errors(), '')
		t.equal(await last.stop(), 0)
	})

	await isSound(t, directory)
	const again = await startServer(t, { directory: join(disk.path, 'new') })
	t.equal(await again.stop(), 0, 'where no first start was possible one is now')
	const held = new Set(visibleFrames(directory).map(({ json }) => json))
	const lost = acknowledged.filter((frame) => !held.has(JSON.stringify(frame)))
	t.same(lost, [], `all ${acknowledged.length} acknowledged messages are there`)
})
