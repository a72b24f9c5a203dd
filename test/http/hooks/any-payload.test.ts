import fc from 'fast-check'
import t, { type Test } from 'tap'
import { contentBytesMax } from '../../../src/commands/limits.ts'
import { RequestError } from '../../../src/http/errors.ts'
import type { Rendered } from '../../../src/http/hooks/sender.ts'
import { hookBodyBytesMax } from '../../../src/http/limits.ts'
import { delivered, rendered } from '../../helpers/deliveries.ts'

const json = { 'content-type': 'application/json' }

/** Whether it can be posted, all of it. */
function isMessage(t: Test, { content }: Rendered, name: string): void {
	t.ok(Buffer.byteLength(content) <= contentBytesMax, `${name}: ${Buffer.byteLength(content)} bytes`)
	t.ok(content.trim() !== '' && content.isWellFormed() && !content.includes('\0'), `${name}: is text`)
}

t.test('what nobody knows is shown as it came', async (t) => {
	t.equal(
		delivered('{"b":[1,{}, [] ,"\\u00e9\\n"],\n"a":12345678901234567890,"a":1e400}', json).content,
		'```json\n{\n\t"b": [\n\t\t1,\n\t\t{},\n\t\t[],\n\t\t"é\\n"\n\t],\n\t"a": 12345678901234567890,\n\t"a": 1e400\n}\n```',
	)
	for (const value of [null, true, 5, 'text', [], {}, [[]]]) {
		t.equal(rendered(value), `\`\`\`json\n${JSON.stringify(value, null, '\t')}\n\`\`\``)
	}
	t.equal(delivered('\ufeff{"a":"```"}', json).content, '````json\n{\n\t"a": "```"\n}\n````')
	const deep = `${'['.repeat(66)}${']'.repeat(66)}`
	t.equal(delivered(deep, json).content, `\`\`\`json\n${deep}\n\`\`\``)
	t.equal(delivered('<a>\n</a>\n', { 'content-type': 'application/xml' }).content, '```\n<a>\n</a>\n```')
	t.equal(
		delivered('a=1&a=%3C2%3E+3&b', { 'content-type': 'application/x-www-form-urlencoded' }).content,
		'a=1&a=%3C2%3E+3&b',
	)
	t.equal(
		delivered('a=1&a=%3C2%3E+3', { 'content-type': 'application/x-www-form-urlencoded' }).content,
		'```\na: 1\na: <2> 3\n```',
	)
	t.same(delivered('{"@type":"@ada @room"}', json).calls, '')
})

t.test('what is not JSON though it says so, or not UTF-8, is refused', async (t) => {
	for (const body of ['', '{', '{"a":1}}', "{'a':1}", 'hello', 'NaN', '\0']) {
		t.throws(() => delivered(body, json), { code: 'malformed' }, JSON.stringify(body))
	}
	t.throws(() => delivered('payload={', { 'content-type': 'application/x-www-form-urlencoded' }), { code: 'malformed' })
	for (const type of ['application/json', 'text/plain', 'application/octet-stream']) {
		t.throws(() => delivered(Buffer.from([0x22, 0xff, 0x22]), { 'content-type': type }), { code: 'malformed' }, type)
	}
	for (const type of ['text/plain', 'application/xml']) {
		t.throws(() => delivered(' \n', { 'content-type': type }), { code: 'content_empty', detail: /empty/ })
	}
})

t.test('what is longer than a message is shortened, and says so', async (t) => {
	const note = /\n\n_Shortened: a message has at most 65536 bytes\._$/
	const long: [string, unknown][] = [
		['a text', { text: '😀'.repeat(20_000) }],
		['a text of two bytes a character', { text: `a${'é'.repeat(40_000)}` }],
		['an unknown shape', { a: 'é'.repeat(40_000) }],
		['a title', { title: 'x'.repeat(70_000), topic: 'x', message: 'y' }],
		['a code block', { text: `see\n\`\`\`\n${'x\n'.repeat(40_000)}\`\`\`` }],
		['all fences', { a: '`'.repeat(100_000) }],
		['an array of numbers', Array.from({ length: 200_000 }, (_, index) => index)],
	]
	for (const [name, payload] of long) {
		const content = rendered(payload)
		isMessage(t, { content }, name)
		t.match(content, note, name)
		t.ok(Buffer.byteLength(content) > contentBytesMax / 4, `${name}: as much as fits`)
		t.equal((content.match(/^`{3,}/gm) ?? []).length % 2, 0, `${name}: no fence is left open`)
	}
	const exact = 'x'.repeat(contentBytesMax)
	t.equal(delivered(exact, {}).content, exact)
	t.match(delivered(`${exact}x`, {}).content, note)
})

t.test('the worst that fits a body takes no harm, and no time', async (t) => {
	const fill = (piece: string, [before, after] = ['', '']) =>
		before + piece.repeat(Math.floor((hookBodyBytesMax - before.length - after.length) / piece.length)) + after
	const depth = hookBodyBytesMax / 2
	const inList = '{"type":"rich_text_list","elements":['
	const worst: [string, string, Record<string, string>][] = [
		['brackets', '['.repeat(depth) + ']'.repeat(depth), json],
		['braces', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, json],
		[
			'lists in lists',
			`{"blocks":[{"type":"rich_text","elements":[${inList.repeat(20_000)}${']}'.repeat(20_000)}]}]}`,
			json,
		],
		['brackets that are no JSON but a message', `{"a":${'['.repeat(depth)}`, {}],
		['a huge array', `[${fill('1,', ['', '1'])}]`, json],
		['empty attachments', `{"text":"x","attachments":[${fill('{},', ['', '{}'])}]}`, json],
		['attachments', `{"attachments":[${fill('{"text":"x","fields":[]},', ['', '{}'])}]}`, json],
		['alerts', `{"status":"firing","groupLabels":{},"alerts":[${fill('{"status":"a"},', ['', '{}'])}]}`, json],
		['labels', `{"status":"firing","groupLabels":{${fill('"a":1,', ['', '"b":1'])}},"alerts":[]}`, json],
		['form fields', fill('a=b&', ['', 'a=b']), { 'content-type': 'application/x-www-form-urlencoded' }],
		['names of form fields', fill('ab&', ['', 'a=b']), { 'content-type': 'application/x-www-form-urlencoded' }],
		['one string', `{"text":"${fill('\\\\', ['', ''])}"}`, json],
		...[
			'*',
			'* ',
			'~',
			'<',
			'<a|',
			'`',
			'```',
			'``` ',
			':a',
			'](http://',
			'_',
			'&',
			'\\u0000',
			'\\ud800',
			' ',
			'\\n',
			'x ',
		].map((piece): [string, string, Record<string, string>] => [
			`mrkdwn of ${JSON.stringify(piece)}`,
			`{"text":"x ${fill(piece, ['', ''])} y"}`,
			json,
		]),
	]
	for (const [name, body, headers] of worst) isMessage(t, delivered(body, headers), name)
	const events = ['push', 'issues', 'pull_request']
	for (const event of events) {
		const commits = fill('{"id":"1"},', ['', '{}'])
		const headers = { ...json, 'x-github-event': event }
		isMessage(t, delivered(`{"ref":"a","commits":[${commits}],"action":"opened"}`, headers), event)
	}
})

/** Values with the fields that somebody looks for, and the wrong things in them. */
const keys = [
	...['text', 'blocks', 'attachments', 'type', 'elements', 'fields', 'accessory', 'title', 'message', 'topic', 'tags'],
	...[
		'alerts',
		'status',
		'labels',
		'annotations',
		'groupLabels',
		'commonLabels',
		'orgId',
		'ruleName',
		'state',
		'values',
	],
	...['commits', 'repository', 'sender', 'action', 'ref', 'issue', 'pull_request', 'comment', 'release', 'html_url'],
	...[
		'__proto__',
		'constructor',
		'toString',
		'style',
		'url',
		'indent',
		'startsAt',
		'truncatedAlerts',
		'props',
		'username',
	],
]
const words = [
	'',
	' ',
	'section',
	'rich_text',
	'rich_text_list',
	'rich_text_section',
	'mrkdwn',
	'actions',
	'context',
	'firing',
]
const { value: anyValue } = fc.letrec((tie) => ({
	value: fc.oneof(
		{ depthSize: 'small', withCrossShrink: true },
		fc.constantFrom(...words),
		fc.string({ unit: 'binary' }),
		fc.jsonValue({ maxDepth: 2 }),
		fc.double(),
		fc.array(tie('value'), { maxLength: 4 }),
		fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), tie('value'), { maxKeys: 8 }),
	),
}))
const anyEvent = fc.option(fc.constantFrom('push', 'issues', 'pull_request', 'release', 'workflow_run', 'star', 'x'), {
	nil: undefined,
})

t.test('any value becomes a message, or is refused for having nothing to say', async (t) => {
	fc.assert(
		fc.property(anyValue, anyEvent, (value, event) => {
			const headers = { ...json, ...(event === undefined ? {} : { 'x-github-event': event }) }
			try {
				const { content } = delivered(JSON.stringify(value) ?? 'null', headers)
				return content.trim() !== '' && content.isWellFormed() && Buffer.byteLength(content) <= contentBytesMax
			} catch (error) {
				return error instanceof RequestError && error.code === 'content_empty'
			}
		}),
		{ numRuns: 2_000 },
	)
	t.pass()
})

t.test('any bytes of any type too', async (t) => {
	const anyType = fc.constantFrom(
		undefined,
		'text/plain',
		'application/json',
		'application/x-www-form-urlencoded',
		'a/b',
	)
	fc.assert(
		fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array()), anyType, (body, type) => {
			try {
				const { content } = delivered(Buffer.from(body as string), type === undefined ? {} : { 'content-type': type })
				return content.trim() !== '' && content.isWellFormed() && !content.includes('\0')
			} catch (error) {
				return error instanceof RequestError && ['content_empty', 'malformed'].includes(error.code)
			}
		}),
		{ numRuns: 2_000 },
	)
	t.pass()
})
