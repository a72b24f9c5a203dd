import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import t from 'tap'
import { checkout, runInCheckout } from '../helpers/checkout.ts'
import { bundleForBrowsers, installClient } from '../helpers/packed-client.ts'

/*
 * `tailroom/client`, as somebody has it who has installed the package.
 */

/** Of the browser's client, compressed: it is on the way of every first visit. */
const browserBytesMax = 8.5 * 1024

/** Of the protocol, but of no use to who draws a page. */
const forTerminals = ['message-line.ts', 'plain-json.ts']

const project = await installClient(t)

t.test('the package holds the client and what is said of it, and nothing else', async (t) => {
	const root = join(project, 'node_modules/tailroom')
	const files = readdirSync(root, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
	const built = ['client', 'protocol'].flatMap((folder) =>
		readdirSync(join(checkout, 'src', folder))
			.filter((name) => name.endsWith('.ts') && !forTerminals.includes(name))
			.map((name) => `dist/${folder}/${name.slice(0, -3)}`),
	)
	const wanted = ['LICENSE', 'README.md', 'docs/client.md', 'package.json']
	t.same(files.sort(), [...wanted, ...built.flatMap((name) => [`${name}.js`, `${name}.d.ts`])].sort())
	const { scripts, private: isPrivate } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
	t.equal(scripts.prepack, 'npm run build:client', 'what is packed is built before')
	t.equal(isPrivate, true)
})

t.test('plain JavaScript imports it in Node', async (t) => {
	const script = `
		import { Chat, connect, Following, follow, TailroomError, Timeline } from 'tailroom/client'
		const chat = connect({ url: 'http://127.0.0.1:1' })
		chat.close()
		follow({ url: 'http://127.0.0.1:1' }).close()
		console.log(chat instanceof Chat, typeof Following, typeof TailroomError, typeof Timeline)
		await import('tailroom/src/client/node.ts').catch(({ code }) => console.log(code))
	`
	writeFileSync(join(project, 'plain.mjs'), script)
	const { stdout, stderr } = await promisify(execFile)(process.execPath, ['plain.mjs'], { cwd: project })
	t.same(stdout.trim().split('\n'), ['true function function function', 'ERR_PACKAGE_PATH_NOT_EXPORTED'])
	t.equal(stderr, '')
})

t.test('strict TypeScript compiles against it, and wrong uses do not', async (t) => {
	const used = `
		import { type Change, connect, type MessageFrame, type Outgoing, TailroomError } from 'tailroom/client'

		const chat = connect({ url: 'https://chat.example.org', transport: 'websocket' })
		chat.listen({
			change: (changes: ReadonlySet<Change>) => changes.has('timeline general'),
			frame(frame) {
				if (frame.type === 'message') frame.content satisfies string
				if (frame.type === 'reaction') frame.action satisfies 'add' | 'remove'
				if (frame.type === 'hello') frame.mode satisfies 'live' | 'resumed' | 'reset'
				// @ts-expect-error: not every frame says something
				frame.content
				// @ts-expect-error: there is no such frame
				if (frame.type === 'massage') return
			},
		})
		chat.send('general', 'hi') satisfies Promise<MessageFrame>
		chat.outbox satisfies readonly Outgoing[]
		try {
			await chat.edit('general', 'id', 'text')
		} catch (error) {
			if (error instanceof TailroomError && error.code === 'message_erased') error.fields satisfies readonly object[]
			// @ts-expect-error: there is no such code
			if (error instanceof TailroomError && error.code === 'message_missing') throw error
		}
		// @ts-expect-error: nobody knows where
		connect({ token: 'trt_' })
		// @ts-expect-error: there is no such transport
		connect({ url: 'https://chat.example.org', transport: 'pigeon' })
		// @ts-expect-error: there is nothing to see inside
		chat.connection
	`
	const followed = `
		import { follow } from 'tailroom/client'
		for await (const frame of follow({ url: 'https://chat.example.org', consumer: 'bot' })) {
			if (frame.type === 'delete') frame.reason satisfies 'author' | 'moderator' | 'retention' | 'person'
		}
	`
	const inPage = `
		// @ts-expect-error: that is for programs
		import { follow } from 'tailroom/client'
		connect({ url: location.origin, storage: localStorage })
	`
	writeFileSync(join(project, 'used.mts'), used + followed)
	writeFileSync(join(project, 'used-in-page.mts'), used + inPage)
	mkdirSync(join(project, 'node_modules/@types'))
	symlinkSync(join(checkout, 'node_modules/@types/node'), join(project, 'node_modules/@types/node'))
	symlinkSync(join(checkout, 'node_modules/undici-types'), join(project, 'node_modules/undici-types'))
	const strict = { strict: true, noEmit: true, exactOptionalPropertyTypes: true, target: 'es2022', types: [] }
	const page = {
		...strict,
		module: 'esnext',
		moduleResolution: 'bundler',
		customConditions: ['browser'],
		lib: ['es2022', 'dom'],
	}
	const program = { ...strict, module: 'nodenext', lib: ['es2022'], types: ['node'] }
	for (const [name, compilerOptions, files] of [
		['page', page, ['used-in-page.mts']],
		['node', program, ['used.mts']],
	] as const) {
		const config = join(project, `${name}.json`)
		writeFileSync(config, JSON.stringify({ compilerOptions, files }))
		const said = await runInCheckout('tsc', ['--project', config]).catch(({ stdout }) => stdout)
		t.equal(said, '', `for a ${name}`)
	}
})

t.test('a page needs nothing else, and it is small', async (t) => {
	const whole = await bundleForBrowsers(project, `export * from 'tailroom/client'`)
	const [output] = Object.values(whole.metafile.outputs)
	t.same(output?.imports, [], 'nothing is left to import')
	t.notMatch(Object.keys(whole.metafile.inputs), [/eventsource/], 'and nothing came from elsewhere')
	t.match(output?.exports, ['Chat', 'TailroomError', 'Timeline', 'connect'])
	const bytes = sizes(whole.code)
	t.ok(bytes.brotli < browserBytesMax, JSON.stringify(bytes))
})

function sizes(code: string) {
	return { minified: code.length, gzip: gzipSync(code, { level: 9 }).length, brotli: brotliCompressSync(code).length }
}
