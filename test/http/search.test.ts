import t from 'tap'
import { startServerHere } from '../helpers/app.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { allIndexed, found, search } from '../helpers/searching.ts'

const server = await startServerHere(t)
const { url } = server
const ada = { 'Tailroom-User': 'ada' }
const bob = { 'Tailroom-User': 'bob' }

const said = [
	'Hello world, let us go',
	'call foo->bar( now: error ERR_42 in src/http/routes/history.ts',
	'今天天气很好，我们去公园',
	'明日は東京に行きます。ｶﾞﾗｽ',
	'한국어로 검색해요',
	'Café in the Stra\u00dfe, e\ufb03cient',
	'ok',
	'C is a language, C# another',
	'a category of gophers',
	'100% sure 👋🏽 that "quoted" text is found',
]
for (const [i, content] of said.entries()) {
	await askJson(url, '/rooms/general/messages', { content }, { headers: i % 2 === 0 ? ada : bob })
}
await server.post('other', 'hello from elsewhere', ada)
await allIndexed(url)

t.test('words, their parts, code, and words of one and two characters in many scripts', async (t) => {
	for (const [query, ...indexes] of [
		['hello', 0],
		['ELLO', 0],
		['go', 0],
		['foo->bar(', 1],
		['err_42', 1],
		['http/routes', 1],
		['o->', 1],
		['天气', 2],
		['气', 2],
		['公園'],
		['東京', 3],
		['東京に行きます', 3],
		['ガラス', 3],
		['검색', 4],
		['어', 4],
		['cafe', 5],
		['STRASSE', 5],
		['efficient', 5],
		['ok', 6],
		['C', 7],
		['c#', 7],
		['gopher', 8],
		['100%', 9],
		['👋🏽', 9],
		['👋', 9],
		['"quoted"', 9],
		['quot', 9],
		['is', 7, 9],
		['is found', 9],
		['"is found"', 9],
		['"found is"'],
		['"us go"', 0],
		['sure language'],
	] as [string, ...number[]][]) {
		const expected = indexes.map((i) => said[i]).reverse()
		t.same(await found(url, `in:general ${query}`), expected, query)
	}
})

t.test('who said it, where and when', async (t) => {
	t.same(await found(url, 'from:bob'), said.filter((_, i) => i % 2 === 1).reverse())
	t.same(await found(url, 'from:@ADA in:general hello'), [said[0]])
	t.same(await found(url, 'from:bob hello'), [])
	t.same(await found(url, 'from:zed'), [])
	t.same(await found(url, 'hello'), ['hello from elsewhere', said[0]])
	t.same(await found(url, 'in:Other'), ['hello from elsewhere'])
	const { json } = await ask(url, '/rooms/general/messages?limit=100')
	const { timestamp } = json.messages[3]
	const time = new Date(timestamp).toISOString()
	t.same(await found(url, `in:general before:${time}`), said.slice(0, 3).reverse())
	t.same(await found(url, `in:general after:${time}`), said.slice(3).reverse())
	const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
	t.same(await found(url, `hello after:${day(-1)} before:${day(1)}`), ['hello from elsewhere', said[0]])
	t.same(await found(url, `hello before:${day(-1)}`), [])
	t.same(await found(url, `hello after:${day(1)}`), [])
})

t.test('a message that is found is as in history, with what was looked for', async (t) => {
	const { json: posted } = await askJson(url, '/rooms/frames/messages', { content: 'a reply' }, { headers: ada })
	await ask(url, `/rooms/frames/messages/${posted.id}/reactions/${encodeURIComponent('👍')}`, {
		method: 'PUT',
		headers: bob,
	})
	const answer = { content: 'Wired, weird and wired again', replyTo: posted.id }
	await askJson(url, '/rooms/frames/messages', answer, { headers: bob })
	await allIndexed(url)
	const history = (await ask(url, '/rooms/frames/messages')).json
	const { json } = await search(url, 'in:frames wired')
	t.same(json, {
		messages: [
			{
				...history.messages[1],
				highlights: [
					[0, 5],
					[17, 22],
				],
			},
		],
		position: history.position,
		complete: true,
	})
	const { messages } = (await search(url, 'in:frames reply')).json
	t.same(messages, [{ ...history.messages[0], highlights: [[2, 7]] }])
	t.match(messages, [{ reactions: [{ emoji: '👍', users: ['bob'] }] }])
})

t.test('pages follow each other with nothing twice and nothing missing, whatever is said meanwhile', async (t) => {
	for (let i = 1; i <= 45; i++) await server.post('pages', `page ${i}${i % 9 === 0 ? ' special' : ''}`, ada)
	await allIndexed(url)
	for (const [query, limit, count] of [
		['in:pages page', 10, 45],
		['in:pages page', 45, 45],
		['in:pages', 7, 45],
		['page from:ada', 44, 45],
		['special', 2, 5],
		['special page in:pages from:ada', 5, 5],
	] as const) {
		const sequences: number[] = []
		let next: number | undefined
		do {
			const more = `&limit=${limit}${next === undefined ? '' : `&before=${next}`}`
			const { json } = await search(url, query, {}, more)
			sequences.push(...json.messages.map(({ sequence }: { sequence: number }) => sequence))
			t.ok(json.messages.length <= limit)
			next = json.next
			// It would be the first to be found.
			await server.post('pages', 'another special page', ada)
			await allIndexed(url)
		} while (next !== undefined)
		const step = count === 5 ? 9 : 1
		t.same(
			sequences.filter((sequence) => sequence <= 45),
			Array.from({ length: count }, (_, i) => step * (count - i)),
			`${query} by ${limit}`,
		)
	}
})

t.test('as text, a line a message, the newest first', async (t) => {
	const { headers, text } = await search(url, 'hello', { Accept: 'text/plain' }, '&limit=1')
	t.match(headers, { 'content-type': /^text\/plain/, 'tailroom-complete': 'true', 'tailroom-next': /^\d+$/ })
	t.match(text, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}#other {2}ada: hello from elsewhere\n$/)
})

t.test('what cannot be answered is refused, and it is said why', async (t) => {
	const refused = async (path: string, code: string, detail: RegExp) => {
		isProblem(t, await ask(url, `/search${path}`), 400, code, detail)
	}
	await refused('', 'malformed', /q is missing/)
	await refused('?q=a&q=b', 'malformed', /q must be string/)
	await refused('?q=a&colour=red', 'malformed', /colour is not known here/)
	await refused('?q=a&limit=0', 'malformed', /limit must be from 1 to 100/)
	await refused('?q=a&limit=101', 'malformed', /limit must be from 1 to 100/)
	await refused('?q=a&before=-1', 'malformed', /before/)
	await refused('?q=', 'query_invalid', /nothing to look for/)
	await refused('?q=%20', 'query_invalid', /nothing to look for/)
	await refused('?q=%22abc', 'query_invalid', /quote is not closed, at character 1/)
	await refused('?q=abc+%22', 'query_invalid', /quote is not closed, at character 5/)
	await refused('?q=%FF', 'query_invalid', /not UTF-8/)
	await refused('?q=%E4%BB', 'query_invalid', /not UTF-8/)
	await refused('?q=%ED%A0%80', 'query_invalid', /not UTF-8/)
	await refused('?q=%4', 'query_invalid', /not UTF-8/)
	await refused('?q=ab%00c', 'query_invalid', /U\+0000, at character 3/)
	await refused(`?q=${'x'.repeat(513)}`, 'query_invalid', /longer than 512/)
	await refused(`?q=${Array(17).fill('x').join('+')}`, 'query_invalid', /more than 16 words/)
	await refused('?q=before:tomorrow', 'query_invalid', /before: takes a day/)
	await refused('?q=from:a+from:b', 'query_invalid', /from: can be given once, at character 8/)
	await refused('?q=from:no_such,name', 'name_invalid', /A name is/)
	isProblem(t, await search(url, 'in:nowhere'), 404, 'not_found', /There is no room "nowhere"/)
	isProblem(t, await search(url, 'in:?'), 400, 'name_invalid', /A room is/)
	isProblem(t, await search(url, 'in:@bob'), 403, 'forbidden', /guests have none/)
})

t.test('nothing that is typed is a language of its own', async (t) => {
	await server.post('signs', 'hello* ^hello tokens:hello hello AND NOT world +hello', ada)
	await allIndexed(url)
	for (const query of ['hello*', '^hello', 'tokens:hello', '"hello AND NOT world"', '+hello']) {
		t.equal((await found(url, query)).length, 1, `${query} is what it says`)
	}
	for (const query of [
		'hello^',
		'tokens:world',
		'-tokens:hello',
		'"world AND NOT hello"',
		'NEAR(hello world, 2)',
		'{tokens}:hello',
		"'; DROP TABLE hits; --",
		'a"b"c',
		'\\',
		'_hello',
		'\u0001ab',
		'+world',
		'€uro',
		'x'.repeat(512),
		'日'.repeat(512),
		Array(16).fill('日本語の長い文').join(' '),
	]) {
		t.same(await found(url, query), [], query.slice(0, 40))
	}
	t.same(await found(url, 'ok'), [said[6]], 'and nothing is broken by it')
})
