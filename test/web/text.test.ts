import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { parse, plain } from '../../web/src/text/tokens.ts'
import type { Block, Inline, Mark, Tree } from '../../web/src/text/tree.ts'
import { wordsOf } from '../../web/src/text/words.ts'

type Node = Block | Inline | Mark

const rooms: ReadonlySet<string> = new Set(['general', 'ops.night', 'a-b'])
const kindsKnown: ReadonlySet<string> = new Set([
	...['paragraph', 'heading', 'codeBlock', 'quote', 'list', 'table', 'rule', 'plain'],
	...['text', 'break', 'strong', 'emphasis', 'strikethrough', 'code', 'link', 'mention', 'room', 'mark'],
])

const hostile: { name: string; text: string; repeat?: number }[] = JSON.parse(
	readFileSync(new URL('../fixtures/hostile-messages.json', import.meta.url), 'utf8'),
)

t.test('what people write', async (t) => {
	t.same(inlines('a **b** *c* ~~d~~ `e`'), [
		text('a '),
		{ kind: 'strong', children: [text('b')] },
		text(' '),
		{ kind: 'emphasis', children: [text('c')] },
		text(' '),
		{ kind: 'strikethrough', children: [text('d')] },
		text(' '),
		{ kind: 'code', text: 'e' },
	])
	t.same(inlines('one\ntwo'), [text('one'), { kind: 'break' }, text('two')])
	t.same(blocks('one\n\ntwo'), [paragraph('one'), paragraph('two')])
	t.same(blocks('> a\n> b\n\n---'), [
		{ kind: 'quote', children: [{ kind: 'paragraph', children: [text('a'), { kind: 'break' }, text('b')] }] },
		{ kind: 'rule' },
	])
	t.same(blocks('```ts\nlet a\n  = `*1*`\n```'), [{ kind: 'codeBlock', language: 'ts', text: 'let a\n  = `*1*`' }])
	t.same(blocks('#### deep'), [{ kind: 'heading', level: 3, children: [text('deep')] }])
	t.same(inlines('\\*a\\* 5 * 3 * 2, snake_case_name'), [text('*a* 5 * 3 * 2, snake_case_name')])
})

t.test('lists', async (t) => {
	t.same(blocks('- a\n- [x] b\n- [ ] c'), [
		{
			kind: 'list',
			isOrdered: false,
			items: [
				{ children: [paragraph('a')] },
				{ isDone: true, children: [paragraph('b')] },
				{ isDone: false, children: [paragraph('c')] },
			],
		},
	])
	const numbered = [
		{ number: 3, children: [paragraph('a')] },
		{ number: 7, children: [paragraph('b')] },
	]
	t.same(blocks('3. a\n7. b'), [{ kind: 'list', isOrdered: true, items: numbered }], 'numbers are as they were typed')
	t.same(blocks('3. a\n\n7. b'), [{ kind: 'list', isOrdered: true, items: numbered }])
})

t.test('tables', async (t) => {
	const cell = (words: string, align: 'center' | null) => ({ align, children: [text(words)] })
	t.same(blocks('|a|b|\n|-|:-:|\n|1|2|'), [
		{
			kind: 'table',
			header: [cell('a', null), cell('b', 'center')],
			rows: [[cell('1', null), cell('2', 'center')]],
		},
	])
	t.match(readOf(parse('|a|b|\n|-|-|\n|1|2|three|', [], rooms)), 'three', 'a cell too many is not lost')
})

t.test('what is no Markdown in a chat is shown as it was typed', async (t) => {
	for (const typed of [
		'<b>a</b> <img src=x onerror=alert(1)>',
		'<div>\n<p>',
		'<!-- a -->',
		'&amp; &lt;b&gt; &#106; &nbsp;',
		'[a][b] [b]\n\n[b]: https://a.example',
		'title\n===',
		'C:\\users\\x, ¯\\\\_(ツ)_/¯'.replace('\\\\', '\\'),
	])
		t.equal(readOf(parse(typed, [], rooms)), typed.replaceAll('\n\n', '\n').replace('\\_', '_'))
	t.same(kinds('title\n---'), ['paragraph', 'text', 'rule'], 'a line beneath makes no heading')
	for (const typed of ['<a href="x"> https://a.example/ </a>', '<div>\nhttps://a.example/', '[b]: https://a.example/'])
		t.same(links(typed), ['https://a.example/'], 'and an address in it is one as everywhere')
})

t.test('links', async (t) => {
	t.same(inlines('[a **b**](https://a.example/x "title")'), [
		{
			kind: 'link',
			href: 'https://a.example/x',
			children: [text('a '), { kind: 'strong', children: [text('b')] }],
		},
	])
	t.same(links('see http://a.example/b?c=d&e, www.b.example (https://c.example/x_(y)). me@d.example'), [
		'http://a.example/b?c=d&e',
		'http://www.b.example/',
		'https://c.example/x_(y)',
		'mailto:me@d.example',
	])
	t.same(inlines('![a cat](https://a.example/cat.png)'), [
		{ kind: 'link', href: 'https://a.example/cat.png', children: [text('a cat')] },
	])
	t.same(inlines('[![a cat](https://a.example/cat.png)](https://b.example)'), [
		{ kind: 'link', href: 'https://b.example/', children: [text('a cat')] },
	])
	t.same(
		inlines('[](https://a.example)'),
		[{ kind: 'link', href: 'https://a.example/', children: [text('https://a.example/')] }],
		'a link that shows nothing shows where it goes',
	)
})

t.test('an address that no link may go to stays what was typed', async (t) => {
	for (const typed of [
		'[x](javascript:alert(1))',
		'[x](<javascript:alert(1)>)',
		'[x](JAVASCRIPT:alert(1))',
		'[x](&#106;avascript:alert(1))',
		'[x](javascript&colon;alert(1))',
		'[x](data:text/html,x)',
		'[x](vbscript:x)',
		'[x](//evil.example)',
		'[x](/settings)',
		'[x](https:evil.example)',
		'![x](data:image/png;base64,AA)',
		'<javascript:alert(1)>',
		'ftp://a.example',
		'[x](https://)',
	]) {
		t.same(links(typed), [], typed)
		t.equal(readOf(parse(typed, [], rooms)), typed)
	}
})

t.test('a link that looks like another says where it goes', async (t) => {
	for (const [typed, real] of [
		['[bank.example](https://evil.example/bank.example)', 'evil.example'],
		['[https://bank.example/login](https://evil.example)', 'evil.example'],
		['[go to **bank**.example now](https://evil.example)', 'evil.example'],
		['[ｂａｎｋ．ｅｘａｍｐｌｅ](https://evil.example)', 'evil.example'],
		['[bank\u200b.example](https://evil.example)', 'evil.example'],
		['[bank.example∕login](https://evil.example)', 'evil.example'],
		['[bank.example](mailto:me@evil.example)', 'me@evil.example'],
		['[me@bank.example](https://evil.example)', 'evil.example'],
		['![bank.example](https://evil.example)', 'evil.example'],
		['https://bank.example@evil.example/', 'evil.example'],
		['https://b\u0430nk.example/', 'xn--bnk-6cd.example'],
	] as const)
		t.equal(linkIn(typed).goesTo, real, typed)
	for (const typed of [
		'https://a.example/some.file.html?b.c=d',
		'www.a.example',
		'http://localhost:3000/x',
		'me@a.example',
		'[A.example/help.html](https://www.a.example/help.html)',
		'[see http://a.example.](http://a.example)',
		'[the minutes of 3.4.](https://a.example)',
	])
		t.equal(linkIn(typed).goesTo, undefined, typed)
})

t.test('names', async (t) => {
	const names = (typed: string) =>
		nodesOf(parse(typed, ['alice', 'bob.', 'room'], rooms)).flatMap((node) =>
			node.kind === 'mention' || node.kind === 'room' ? [`${node.kind} ${node.name} ${node.text}`] : [],
		)
	t.same(names('hi @alice, @Alice. and @bob. @room'), [
		'mention alice @alice',
		'mention alice @Alice',
		'mention bob. @bob.',
		'mention room @room',
	])
	t.same(names('@carol @alices x@alice @alice.example'), [], 'who is not called is no name')
	t.same(names('in #general. #ops.night- (#a-b)'), [
		'room general #general',
		'room ops.night #ops.night',
		'room a-b #a-b',
	])
	t.same(names('#other x#general /#general &#general ##general'), [])
	t.same(names('**@alice** > #general'), ['mention alice @alice', 'room general #general'])
	t.same(names('`@alice #general`\n```\n@alice\n```'), [], 'not in code')
	t.same(names('[@alice #general](https://a.example) https://a.example/#general'), [], 'not in links')
	const others = parse('#general', [], new Set<string>())
	t.same(
		nodesOf(others).map(({ kind }) => kind),
		['paragraph', 'text'],
		'and not by what was read with other rooms',
	)
})

t.test('nothing moves the text of others', async (t) => {
	const read = readOf(parse('a\u202eb\u2066c\u001b[31m `\u202d` [\u2067x](https://a.example)\td', [], rooms))
	t.equal(read, 'a\ufffdb\ufffdc\ufffd[31m \ufffd \ufffdx\td')
	t.equal(readOf(plain('a\u202eb', [[1, 2]])), 'a\ufffdb')
})

t.test('emoji by themselves are large', async (t) => {
	for (const large of ['👍', '👍🏽 ❤️', '👨‍👩‍👧🏳️‍🌈1️⃣', ' 🎉\n']) t.ok(parse(large, [], rooms).isJumbo, large)
	for (const small of ['', 'a', '1', '👍a', '👍👍👍👍', '#', '👍 '.repeat(100)])
		t.notOk(parse(small, [], rooms).isJumbo, small)
})

t.test('in one line it is told without signs', async (t) => {
	t.equal(wordsOf('# Now\n\n**one** `two`\nthree\n\n```sh\nfour  five\n```'), 'Now one two three four five')
	t.equal(
		wordsOf('> said\n\n- a\n  - b\n- [x] c\n\n---\n\n|d|e|\n|-|-|\n|f|[g](https://example.org)|'),
		'said a b c d e f g',
	)
	t.equal(wordsOf('5 * 3 * 2 of @bob in #general'), '5 * 3 * 2 of @bob in #general')
})

t.test('what was looked for is marked where it is', async (t) => {
	t.same(
		plain('a **bold** 👍 word\nx', [
			[14, 18],
			[4, 8],
		]).blocks,
		[
			{
				kind: 'plain',
				children: [
					text('a **'),
					{ kind: 'mark', text: 'bold' },
					text('** 👍 '),
					{ kind: 'mark', text: 'word' },
					text('\nx'),
				],
			},
		],
	)
	for (const highlights of [
		[
			[0, 2],
			[1, 3],
		],
		[[2, 99]],
		[[3, 1]],
		[],
	] as [number, number][][])
		t.equal(readOf(plain('abcd', highlights)), 'abcd', `nothing is lost or twice by ${JSON.stringify(highlights)}`)
})

t.test('what was read is not read again', async (t) => {
	t.equal(parse('*same*', ['alice'], rooms), parse('*same*', ['alice'], rooms))
	t.not(parse('*same*', ['alice'], rooms), parse('*same*', [], rooms))
})

for (const { name, text: part, repeat = 1 } of hostile)
	t.test(`hostile: ${name}`, async (t) => {
		const tree = soon(part.repeat(repeat))
		t.equal(faultOf(tree), undefined)
		t.ok(nodesOf(tree).length <= 4_000, 'no more parts than a page bears')
		t.ok(depthOf(tree) <= 50, 'no deeper than a stack bears')
	})

t.test('what takes marked the square of its length is not read', async (t) => {
	for (const part of ['_*a', '*. ', '**', '*a\n', '- a\nb\n', '- ', '> ', 'a\n  -\n', '[a](', '!'])
		t.ok(isPlain(`${part.repeat(65_536 / part.length)}a*)`), part)
	t.ok(isPlain('_*a'.repeat(1_366)), 'least of all emphasis')
	t.ok(isPlain(`${'- '.repeat(23)}a\n${'a\n'.repeat(30_000)}`), 'lines that each item of a list goes on with')
	t.ok(isPlain(`${'a'.repeat(65_000)}@`), 'a word before an @')
	t.ok(isPlain(`${'|a'.repeat(2_000)}\n${'|-'.repeat(2_000)}\n${'|\n'.repeat(10_000)}`), 'cells that are made up')
})

t.test('what is nested deeper than anybody writes is not read', async (t) => {
	const indented = (levels: number) =>
		Array.from({ length: levels }, (_, level) => `${'  '.repeat(level)}- a`).join('\n')
	const emphasised = (levels: number) => `${'*a _b '.repeat(levels)}c${' d_ e*'.repeat(levels)}`
	t.notOk(isPlain(indented(8)))
	t.ok(isPlain(indented(40)))
	t.notOk(isPlain(emphasised(4)))
	t.ok(isPlain(emphasised(20)))
	t.ok(isPlain(`${'> '.repeat(10_000)}a`))
	for (const markers of ['- ', '- * ', '- > ', '1. '])
		t.ok(isPlain(`${markers.repeat(8_000)}a\n${'b\n'.repeat(8)}`), 'and not looked at from each line')
	t.ok(isPlain(`${'- * '.repeat(8_000)}\n${'b\n'.repeat(8)}`))
	t.notOk(isPlain(`${'-'.repeat(100)}\n${'- '.repeat(100)}\n${'='.repeat(100)}`), 'a line is not nested')
})

t.test('what is long and honest is read', async (t) => {
	const section =
		'## On *this* and `that`\n\n- one, **two**\n- three, see https://a.example/x_y\n\nIt is said, that _all_ is well.\n\n'
	t.notOk(isPlain(section.repeat(120)))
	t.notOk(isPlain(`\`\`\`\n${'let a = b * c * d // e_f_g\n'.repeat(2_000)}\`\`\``), 'code of any length')
})

const markdown = fc.constantFrom(
	...'*_~`[]()<>!|#-+\\:&@.\n\t "\'='.split(''),
	...[
		'**',
		'```',
		'> ',
		'- ',
		'1. ',
		'- [x] ',
		'|-|-|',
		'\n\n',
		'    ',
		'http://',
		'https://a.example',
		'www.',
		'javascript:',
	],
	...[
		'data:',
		'mailto:',
		'&#106;',
		'<a href="',
		'<b>',
		'-->',
		'](',
		'![',
		'@alice',
		'#general',
		'\u202e',
		'\u200b',
		'👍',
	],
)
const anyMessage = fc.oneof(
	fc.array(fc.oneof(markdown, fc.stringMatching(/^[a-z]{1,4}$/)), { maxLength: 60 }).map((parts) => parts.join('')),
	fc.string({ unit: 'binary', maxLength: 60 }),
)

t.test('of any text', async (t) => {
	fc.assert(
		fc.property(anyMessage, (content) => {
			const tree = parse(content, ['alice', 'room'], rooms)
			if (faultOf(tree) !== undefined) throw new Error(faultOf(tree))
			for (const word of content.match(/[a-z]+/g) ?? [])
				if (!shownOf(tree).includes(word)) throw new Error(`${word} is lost`)
		}),
		{ numRuns: 2_000 },
	)
	t.pass('only what is known is made of it, and no word is lost')
})

function text(words: string) {
	return { kind: 'text', text: words }
}

function paragraph(words: string) {
	return { kind: 'paragraph', children: [text(words)] }
}

function blocks(content: string) {
	return parse(content, [], rooms).blocks
}

function inlines(content: string) {
	const [block] = blocks(content)
	return block?.kind === 'paragraph' ? block.children : undefined
}

function kinds(content: string): string[] {
	return nodesOf(parse(content, [], rooms)).map(({ kind }) => kind)
}

function isPlain(content: string): boolean {
	return soon(content).blocks[0]?.kind === 'plain'
}

/** Read before anybody notices: a tenth of what it may be here, and hundreds of times as long without any bounds. */
function soon(content: string): Tree {
	const before = process.cpuUsage()
	const tree = parse(content, ['alice'], rooms)
	const { user } = process.cpuUsage(before)
	if (user > 1_000_000) throw new Error(`It took ${user / 1_000} ms`)
	return tree
}

function linksIn(content: string) {
	return nodesOf(parse(content, [], rooms)).filter((node) => node.kind === 'link')
}

function links(content: string): string[] {
	return linksIn(content).map(({ href }) => href)
}

function linkIn(content: string) {
	const [link] = linksIn(content)
	if (link === undefined) throw new Error(`No link in ${content}`)
	return link
}

function childrenOf(node: Node): readonly Node[] {
	if (node.kind === 'list') return node.items.flatMap(({ children }) => children)
	if (node.kind === 'table') return [node.header, ...node.rows].flat().flatMap(({ children }) => children)
	return 'children' in node ? node.children : []
}

function nodesOf({ blocks }: Tree): Node[] {
	return [...nodesIn(blocks)]
}

function* nodesIn(nodes: readonly Node[]): Generator<Node> {
	const open = nodes.toReversed()
	for (let node = open.pop(); node !== undefined; node = open.pop()) {
		yield node
		open.push(...childrenOf(node).toReversed())
	}
}

function depthOf({ blocks }: Tree): number {
	const depth = (nodes: readonly Node[]): number => Math.max(0, ...nodes.map((node) => 1 + depth(childrenOf(node))))
	return depth(blocks)
}

/** What is read on the screen: blocks on lines of their own. */
function readOf({ blocks }: Tree): string {
	const read = (node: Node): string => {
		if (node.kind === 'break') return '\n'
		return 'text' in node ? node.text : childrenOf(node).map(read).join('')
	}
	return blocks.map(read).join('\n')
}

/** All that is in it, with what is an attribute. */
function shownOf(tree: Tree): string {
	return JSON.stringify(nodesOf(tree)).replaceAll('"isDone":true', '"x"').concat(readOf(tree))
}

/** What must not be in any tree. */
function faultOf({ blocks }: Tree): string | undefined {
	for (const node of nodesIn(blocks)) {
		if (!kindsKnown.has(node.kind)) return `There is no ${node.kind}`
		if (node.kind === 'room' && !rooms.has(node.name)) return `There is no room ${node.name}`
		if (node.kind === 'link' && !/^(https?:\/\/[^/]|mailto:)[!-~]+$/.test(node.href))
			return `A link goes to ${node.href}`
		if (node.kind === 'link' && [...nodesIn(node.children)].some(isLink)) return 'A link is in a link'
		for (const value of Object.values(node))
			if (/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(String(value).replace(/[\t\n]/g, '')))
				return `A control character is in ${JSON.stringify(value)}`
	}
	return undefined
}

function isLink({ kind }: Node): boolean {
	return kind === 'link' || kind === 'mention' || kind === 'room'
}
