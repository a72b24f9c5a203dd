import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { startInProcess } from '../helpers/app.ts'
import { checkout } from '../helpers/checkout.ts'
import { tailroom } from '../helpers/cli.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask } from '../helpers/http.ts'
import { Lines } from '../helpers/lines.ts'
import { cleanEnvironment } from '../helpers/server.ts'

/** A version of Tailroom with one view that differs from ours. */
class NextVersion {
	readonly #folder: string

	constructor(t: Test) {
		this.#folder = temporaryDirectory(t)
		for (const path of ['src', 'db', 'package.json']) {
			cpSync(join(checkout, path), join(this.#folder, path), { recursive: true })
		}
		symlinkSync(join(checkout, 'node_modules'), join(this.#folder, 'node_modules'))
		const view = join(this.#folder, 'src/projections/audit.ts')
		writeFileSync(view, readFileSync(view, 'utf8').replace(/version: \d+/, 'version: 9999'))
	}

	start(t: Test, args: readonly string[]): ChildProcess {
		const child = spawn(process.execPath, [join(this.#folder, 'src/main.ts'), ...args], { env: cleanEnvironment() })
		t.teardown(() => child.kill('SIGKILL'))
		return child
	}

	async run(t: Test, args: readonly string[]) {
		const child = this.start(t, args)
		const [out, errors] = [text(child.stdout as never), text(child.stderr as never)]
		const [code] = await once(child, 'exit')
		return { code, out: await out, errors: await errors }
	}
}

const filesIn = (directory: string, name: RegExp) => readdirSync(directory).filter((file) => name.test(file))

t.test('the next version builds its views beside the server, and begins where they end', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	const app = await startInProcess(t, { directory, guests: true })
	const post = (content: string) =>
		ask(app.url, '/rooms/general/messages', {
			method: 'POST',
			headers: { 'Content-Type': 'text/plain', 'Tailroom-User': 'ada' },
			body: content,
		})
	for (let n = 1; n <= 20; n += 1) await post(`before ${n}`)
	const next = new NextVersion(t)

	t.match(await next.run(t, ['rebuild', '--data', directory]), {
		code: 0,
		out: /^Built for this version, beside the server of another one: 2\d events /,
		errors: '',
	})
	t.equal((await post('after')).status, 201, 'the server goes on')
	const [built] = filesIn(directory, /^views-.*\.next\.db$/)
	t.match(
		await tailroom(['rebuild', '--data', directory]),
		{ code: 0, stdout: /^Rebuilt: / },
		'and can rebuild its own',
	)
	await app.stop()
	const again = await startInProcess(t, { directory, guests: true })
	await again.stop()
	t.same(filesIn(directory, /^views-.*\.next\.db$/), [built], 'which a start of its leaves alone')
	const { ino } = statSync(join(directory, built as string))

	const server = next.start(t, ['serve', '--guests', '--port', '0', '--data', directory])
	const line = await new Lines(server.stdout as never).until((line) => line.includes('http://'))
	const url = /http:\S+/.exec(line)?.[0] as string
	const { messages } = (await ask(url, '/rooms/general/messages?limit=2')).json
	t.same(
		messages.map(({ content }: { content: string }) => content),
		['before 20', 'after'],
	)
	const views = filesIn(directory, /^views-.*\.db$/)
	t.same(views, [built?.replace('.next', '')], 'those of the old version are gone')
	t.equal(statSync(join(directory, views[0] as string)).ino, ino, 'and nothing was built at the start')
})
