import t from 'tap'
import { frontHtml } from '../../src/http/pages/front-page.ts'
import { ask } from '../helpers/http.ts'
import { startServer } from '../helpers/server.ts'

const { url } = await startServer(t, { guests: false })
const html = { headers: { Accept: 'text/html,*/*;q=0.8' } }
const policy =
	"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const values = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, value]) => value as string)

t.test('pages run and show only what the server itself sends, and nothing that stands in them', async (t) => {
	for (const path of ['/', '/?utm=x', '/setup', '/setup?utm=x', '/invite']) {
		const page = await ask(url, path, html)
		t.match(page.headers, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }, path)
		t.match(page.headers, {
			'x-content-type-options': 'nosniff',
			'cache-control': 'no-store',
			'x-frame-options': 'DENY',
		})
		t.match(page.text, /^<!doctype html>\n<html lang="en">/, path)
		t.notMatch(page.text, /<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]* src=)[^>]*>/i, path)
		const loaded = values(page.text, /<(?:script|link|img)[^>]* (?:src|href)="([^"]*)"/g)
		t.ok(loaded.length > 1, path)
		for (const address of loaded) t.match(address, /^(\/assets\/[a-z]+\.(js|css)$|data:image\/svg)/)
		for (const address of loaded.filter((one) => one.startsWith('/'))) {
			const type = address.endsWith('.js') ? 'text/javascript; charset=utf-8' : 'text/css; charset=utf-8'
			const asset = await ask(url, `${address}?v=1`)
			t.match(asset, { status: 200, headers: { 'content-type': type, 'x-content-type-options': 'nosniff' } }, address)
			t.ok(asset.text.length > 100)
		}
	}
	t.equal((await ask(url, '/setup', { method: 'HEAD' })).status, 200)
	t.equal((await ask(url, '/assets/nope.js')).status, 404)
	t.equal((await ask(url, '/assets/../server.ts')).status, 404)
})

for (const [path, action] of [
	['/setup', '/setup'],
	['/invite', '/invites/accept'],
] as const) {
	t.test(`${path} asks for a code, a name and a password`, async (t) => {
		const { text } = await ask(url, path, html)
		const form = values(text, /(<form[\s\S]*<\/form>)/g)[0] ?? ''
		t.match(form, new RegExp(`<form id="form" method="post" action="${action}">`), 'never in an address')
		t.same(values(form, /<input[^>]* name="([^"]*)"/g), ['code', 'name', 'password'])
		t.match(form, /name="name"[^>]* autocomplete="username"/)
		t.match(form, /name="password" type="password"[^>]* autocomplete="new-password"/)
		t.match(form, /id="problem" role="alert"/)
	})

	t.test(`${path} can be used without seeing it`, async (t) => {
		const { text } = await ask(url, path, html)
		const ids = values(text, / id="([^"]*)"/g)
		t.equal(new Set(ids).size, ids.length, 'each id is there once')
		for (const id of values(text, /<input id="([^"]*)"/g))
			t.ok(text.includes(`<label for="${id}">`), `${id} has a label`)
		const references = values(text, / (?:for|aria-describedby|aria-controls|data-copies)="([^"]*)"/g)
		for (const id of references) t.ok(ids.includes(id), `${id} is there`)
		t.match(text, /<noscript>/)
	})

	t.test(`the script finds on ${path} what it works with`, async (t) => {
		const [{ text }, script] = await Promise.all([ask(url, path, html), ask(url, '/assets/join.js')])
		const wanted = values(script.text, /element\('([^']+)'\)/g)
		t.ok(wanted.length > 5)
		for (const id of wanted) t.ok(text.includes(` id="${id}"`), id)
	})
}

t.test('the front says how things stand', async (t) => {
	t.match(frontHtml('1.2.3', 'setup'), /become its owner[\s\S]*Tailroom 1\.2\.3/)
	t.match(frontHtml('1.2.3', 'closed'), /with an account/)
	t.match(frontHtml('1.2.3', 'guests'), /lets guests in/)
})
