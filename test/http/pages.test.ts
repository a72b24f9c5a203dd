import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import t from 'tap'
import { appRoutes, isAppPath } from '../../src/http/page/addresses.ts'
import { startInProcess } from '../helpers/app.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask } from '../helpers/http.ts'
import { setUp } from '../helpers/people.ts'

const built = new URL('../../web/dist/', import.meta.url).pathname
const directory = join(temporaryDirectory(t), 'data')
const { url } = await startInProcess(t, { directory, guests: false })
const html = { headers: { Accept: 'text/html,*/*;q=0.8' } }
const skip = existsSync(built) ? false : 'The app is not built: npm start does so.'

const values = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, value]) => value as string)
const addresses = [
	'/',
	'/?utm=x',
	'/setup',
	'/invite',
	'/chat',
	'/chat/general/7?thread=x',
	'/settings',
	'/settings/hooks',
]

t.test('the app may load and ask its own server, and nothing that stands in it runs', { skip }, async (t) => {
	for (const path of addresses) {
		const page = await ask(url, path, html)
		t.match(
			page,
			{
				status: 200,
				headers: {
					'content-type': 'text/html; charset=utf-8',
					'content-security-policy':
						"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
						"manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
						"require-trusted-types-for 'script'; trusted-types service-worker",
					'x-content-type-options': 'nosniff',
					'x-frame-options': 'DENY',
					'referrer-policy': 'no-referrer',
					'cache-control': 'no-cache',
				},
			},
			path,
		)
		t.notMatch(page.text, /<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]* src=)[^>]*>/i, path)
		t.match(page.text, /<noscript>/)
	}
	t.equal((await ask(url, '/chat', { method: 'HEAD' })).status, 200)
})

t.test('all that it loads is there, and of this server', { skip }, async (t) => {
	const { text } = await ask(url, '/chat', html)
	const loaded = values(text, /<(?:script|link|img)[^>]* (?:src|href)="([^"]*)"/g)
	t.ok(loaded.length >= 4)
	const { text: manifest } = await ask(url, '/manifest.webmanifest')
	const icons: string[] = JSON.parse(manifest).icons.map(({ src }: { src: string }) => src)
	for (const path of [...loaded, ...icons]) {
		t.match(path, /^\/(assets|icons)\/[\w.-]+$|^\/manifest\.webmanifest$/)
		const file = await ask(url, path)
		t.match(file, { status: 200, headers: { 'x-content-type-options': 'nosniff' } }, path)
		const isNamedByContent = path.startsWith('/assets/')
		t.equal(file.headers['cache-control'], isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-cache', path)
	}
	const typeOf = async (path: string) => (await ask(url, path)).headers['content-type']
	t.equal(await typeOf(loaded.find((path) => path.endsWith('.js')) as string), 'text/javascript; charset=utf-8')
	t.equal(await typeOf(loaded.find((path) => path.endsWith('.css')) as string), 'text/css; charset=utf-8')
	t.equal(await typeOf('/icons/icon.svg'), 'image/svg+xml')
	t.equal(await typeOf('/icons/icon-192.png'), 'image/png')
	t.equal(await typeOf('/manifest.webmanifest'), 'application/manifest+json')
})

t.test('it can be installed', { skip }, async (t) => {
	const manifest = JSON.parse((await ask(url, '/manifest.webmanifest')).text)
	t.match(manifest, { name: String, short_name: String, id: '/', start_url: '/', scope: '/', display: 'standalone' })
	const sizes = manifest.icons.map(({ sizes, purpose = 'any' }: Record<string, string>) => `${sizes} ${purpose}`)
	for (const needed of ['192x192 any', '512x512 any', '512x512 maskable']) t.ok(sizes.includes(needed), needed)
})

t.test('the worker is asked for anew each time, and has what it names', { skip }, async (t) => {
	const worker = await ask(url, '/sw.js')
	t.match(worker, {
		status: 200,
		headers: {
			'content-type': 'text/javascript; charset=utf-8',
			'cache-control': 'no-cache',
			'content-security-policy': "default-src 'none'; connect-src 'self'",
		},
	})
	const { text } = await ask(url, '/chat', html)
	const [files = '[]'] = values(worker.text, /"?files"?:(\[[^\]]*\])/g)
	const named: string[] = JSON.parse(files)
	for (const path of values(text, /(?:src|href)="(\/assets\/[^"]*)"/g)) t.ok(named.includes(path), path)
	for (const path of named) t.equal((await ask(url, path)).status, 200, path)
})

t.test('what shrinks is sent small to who understands it', { skip }, async (t) => {
	const bytesOf = async (path: string, encoding: string) => {
		const response = await fetch(url + path, { headers: { Accept: 'text/html', 'Accept-Encoding': encoding } })
		return {
			encoding: response.headers.get('content-encoding'),
			vary: response.headers.get('vary'),
			text: await response.text(),
		}
	}
	const plain = readFileSync(join(built, 'index.html'), 'utf8')
	for (const [asked, told] of [
		['br, gzip', 'br'],
		['gzip, deflate', 'gzip'],
		['identity', null],
	] as const) {
		t.match(await bytesOf('/chat', asked), { encoding: told, vary: /Accept-Encoding/, text: plain })
	}
	t.equal(brotliDecompressSync(readFileSync(join(built, 'index.html.br'))).toString(), plain)
	t.equal(gunzipSync(readFileSync(join(built, 'index.html.gz'))).toString(), plain)
	t.equal((await bytesOf('/icons/icon-192.png', 'br')).encoding, null)
})

t.test('nothing else is there', async (t) => {
	for (const path of [
		'/assets/nope.js',
		'/assets/../server.ts',
		'/assets/%2e%2e/index.html',
		'/icons/',
		'/icons/none.png',
	]) {
		t.match(await ask(url, path, html), { status: 404, json: { code: 'not_found' } }, path)
	}
	t.match(await ask(url, '/chat', { method: 'POST', ...html }), { status: 404 })
})

t.test('at an address of nothing a person is shown the app, and a program is told', { skip }, async (t) => {
	const { text, headers } = await ask(url, '/chat', html)
	const { 'content-security-policy': policy } = headers
	for (const path of ['/nope', '/chatt/general', '/index.html', '/sw.js.br', '/settingsx', '/rooms/general/nope']) {
		const shown = await ask(url, path, html)
		t.match(shown, { status: 404, text, headers: { 'content-type': 'text/html; charset=utf-8' } }, path)
		t.match(shown.headers, { 'content-security-policy': policy, vary: /Accept\b/, 'cache-control': 'no-cache' }, path)
		for (const asked of [
			{},
			{ headers: { Accept: '*/*' } },
			{ ...html, method: 'POST' },
			{ ...html, method: 'DELETE' },
		]) {
			t.match(await ask(url, path, asked), { status: 404, json: { code: 'not_found' } }, path)
		}
	}
	// What is answered is answered, whoever asks.
	for (const path of ['/rooms/nope', '/rooms/general/messages', '/users/nope']) {
		const [asPerson, asProgram] = [await ask(url, path, html), await ask(url, path)]
		t.same([asPerson.status, asPerson.json], [asProgram.status, asProgram.json], path)
	}
})

t.test('a terminal is shown a manual, and the addresses of the app are those of its router', async (t) => {
	t.match(await ask(url, '/', { headers: { Accept: '*/*' } }), { headers: { 'content-type': /^text\/plain/ } })
	for (const route of appRoutes) t.ok(isAppPath(route), route)
	for (const path of ['/chatter', '/rooms', '/sync', '/settingsx', '/assets/x']) t.notOk(isAppPath(path), path)
})

t.test('the link to set it up leads to the app once there is an owner', { skip }, async (t) => {
	await setUp({ url, directory }, 'ada')
	t.match(await ask(url, '/setup', html), { status: 303, headers: { location: '/' } })
})

t.test('an app that is not built is said to be so', async (t) => {
	const empty = await startInProcess(t, { pageDirectory: temporaryDirectory(t) })
	t.match(await ask(empty.url, '/chat', html), { status: 503, text: /not built/ })
})
