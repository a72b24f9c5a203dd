import t from 'tap'
import { decodedHeader } from '../../../src/http/hooks/ntfy.ts'
import { delivered, rendered } from '../../helpers/deliveries.ts'

const published = (body: string, headers: Record<string, string> = {}) => delivered(body, headers).content
const latin1 = (text: string) => Buffer.from(text).toString('latin1')

t.test('the body is the message, as it is', async (t) => {
	for (const type of [undefined, 'text/plain', 'text/plain; charset=utf-8', 'application/x-www-form-urlencoded']) {
		const headers = type === undefined ? {} : { 'content-type': type }
		for (const body of ['Backup *done* 😀', 'x = 5 & more', 'two\r\nlines', '{not json', '100% of it']) {
			t.same(delivered(body, headers), { content: body }, String(type))
		}
	}
})

t.test('what stands in headers is shown with it', async (t) => {
	const headers = {
		title: 'Backup',
		priority: 'urgent',
		tags: 'warning, disk_1,skull',
		click: 'https://backup.example/log (1)',
		attach: 'https://backup.example/log.txt',
		markdown: 'yes',
	}
	const content = `⚠️💀 🚨 urgent **Backup**

It failed.

\`disk_1\`

[open](https://backup.example/log%20%281%29) [attachment](https://backup.example/log.txt)`
	t.equal(published('It failed.', headers), content)
	const prefixed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [`x-${name}`, value]))
	t.equal(published('It failed.', prefixed), content)
	const { title: ti, priority: p, tags: ta, attach: a, click } = headers
	t.equal(published('It failed.', { ti, p, ta, a, click, md: '1' }), content)
	t.equal(published('x', { priority: '4' }), '❗ high\n\nx')
	t.equal(published('x', { prio: 'min' }), '🔽 lowest\n\nx')
	t.equal(published('x', { priority: '3', tags: ' ,' }), 'x')
	t.equal(published('', { title: 'Only *this*' }), '**Only \\*this\\***')
	t.equal(published('', { message: 'In a header' }), 'In a header')
	t.throws(() => published('', { tags: 'warning' }), { code: 'content_empty' })
	t.equal(published('x', { click: 'javascript:alert(1)' }), 'x\n\nopen')
})

t.test('a header is UTF-8, Latin-1, or words as RFC 2047 writes them', async (t) => {
	t.equal(decodedHeader(latin1('Größe 😀')), 'Größe 😀')
	t.equal(decodedHeader('Gr\u00f6\u00dfe'), 'Größe')
	t.equal(decodedHeader('=?UTF-8?B?8J+HqfCfh6o=?='), '🇩🇪')
	t.equal(decodedHeader('=?utf-8?q?Gr=C3=B6=C3=9Fe_1?='), 'Größe 1')
	t.equal(decodedHeader('a =?UTF-8?Q?b?=  =?ISO-8859-1?Q?=FC?= c'), 'a bü c')
	for (const none of ['=?UTF-7?B?8J+?=', '=?UTF-8?B?/w==?=', '=?UTF-8?X?abc?=', '=?UTF-8?B?abc', '= ?']) {
		t.equal(decodedHeader(none), none)
	}
})

t.test('the same as JSON', async (t) => {
	const published = {
		topic: 'backups',
		title: 'Backup',
		message: 'It failed.',
		priority: 5,
		tags: ['warning', 'disk_1'],
		click: 'https://backup.example',
		actions: [
			{ action: 'view', label: 'Log', url: 'https://backup.example/log' },
			{ action: 'broadcast', label: 'Again' },
		],
	}
	t.equal(
		rendered(published),
		`⚠️ 🚨 urgent **Backup**

It failed.

\`disk_1\`

[open](https://backup.example)

[Log](https://backup.example/log)
Again`,
	)
	t.throws(() => rendered({ topic: 'x', message: ' ' }), { code: 'content_empty' })
	t.match(rendered({ topic: 'x', message: 5 }), /^```json/)
})
