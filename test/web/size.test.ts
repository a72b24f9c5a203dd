import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import t from 'tap'

const built = new URL('../../web/dist/', import.meta.url).pathname
const skip = existsSync(built) ? false : 'The app is not built: npm start does so.'

const allBytesMax = 100_000
/** Of what has to be there before anything is seen, its styles too. */
const firstBytesMax = 90_000

const smallBytes = (path: string) => brotliCompressSync(readFileSync(join(built, path))).length
const sum = (numbers: number[]) => numbers.reduce((one, other) => one + other, 0)

t.test('all the code together is small', { skip }, async (t) => {
	const scripts = globSync('**/*.js', { cwd: built })
	t.ok(scripts.length >= 3, `the page, what is loaded later, and the worker: ${scripts}`)
	const bytes = sum(scripts.map(smallBytes))
	t.ok(bytes < allBytesMax, `${bytes} bytes`)
})

t.test('so is what the first screen loads, and it is not all', { skip }, async (t) => {
	const page = readFileSync(join(built, 'index.html'), 'utf8')
	const first = [...page.matchAll(/ (?:src|href)="\/([^"]*\.(?:js|css))"/g)].map(([, path]) => path as string)
	t.ok(first.some((path) => path.endsWith('.css')) && first.some((path) => path.endsWith('.js')))
	const bytes = sum([...first, 'index.html'].map(smallBytes))
	t.ok(bytes < firstBytesMax, `${bytes} bytes`)
	const others = globSync('assets/*.js', { cwd: built }).filter((path) => !first.includes(path))
	t.ok(sum(others.map(smallBytes)) > 10_000, 'what is rarely used is loaded later')
})

t.test('nothing that stands in the page runs or is a style, and nothing comes from elsewhere', { skip }, async (t) => {
	const page = readFileSync(join(built, 'index.html'), 'utf8')
	t.notMatch(page, /<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]* src=)[^>]*>/i)
	t.notMatch(page, /(?:src|href)="(?!\/[^/])/)
	for (const path of globSync('**/*.css', { cwd: built })) {
		t.notMatch(readFileSync(join(built, path), 'utf8'), /url\(['"]?(?:https?:|\/\/|data:)|@import/, path)
	}
})
