import { globSync, readFileSync } from 'node:fs'
import t from 'tap'
import { errorCatalogue } from '../../src/http/errors.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

t.test('the protocol describes every error that there is, with its status and meaning, and no other', async (t) => {
	const described = read('docs/protocol.md').matchAll(/^\| `(\w+)` \| (\d+) \| (.+) \|$/gm)
	const rows = [...described].map(([, code, status, meaning]) => ({ code, status: Number(status), meaning }))
	const catalogue = Object.entries(errorCatalogue).map(([code, { status, meaning }]) => ({ code, status, meaning }))
	t.same(rows, catalogue)
})

t.test('every error of the catalogue is given somewhere', async (t) => {
	const root = new URL('../../', import.meta.url).pathname
	const sources = globSync('src/**/*.ts', { cwd: root }).filter((path) => !/refusal|errors/.test(path))
	const text = sources.map(read).join('\n')
	for (const code of Object.keys(errorCatalogue)) t.ok(text.includes(`'${code}'`), code)
})

t.test('who is told to come back is told when', async (t) => {
	for (const [code, { status, retryAfterS }] of Object.entries(errorCatalogue)) {
		t.equal(retryAfterS !== undefined, [429, 503, 507].includes(status), code)
	}
})
