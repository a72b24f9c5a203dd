import t from 'tap'
import { asJson, delivered, rendered } from '../../helpers/deliveries.ts'

const said = (text: string) => rendered({ text })

t.test('mrkdwn becomes Markdown', async (t) => {
	const pairs: [string, string][] = [
		['*bold* _it_ ~gone~ `code`', '**bold** _it_ ~~gone~~ `code`'],
		['a*b*c 2 * 3 * 4 * x*', 'a*b*c 2 * 3 * 4 * x*'],
		['*two* *words*, (*here*)', '**two** **words**, (**here**)'],
		['<https://x.example/a_b_c*d*|the *page*>', '[the \\*page\\*](https://x.example/a_b_c*d*)'],
		['*<https://x.example|bold link>*', '**[bold link](https://x.example)**'],
		['<https://x.example>', '[https://x.example](https://x.example)'],
		['<mailto:a@x.example|write>', '[write](mailto:a@x.example)'],
		['<https://x.example/?a=1&amp;b=2|q>', '[q](https://x.example/?a=1&b=2)'],
		['<javascript:alert(1)|x>', '\\<javascript:alert(1)|x>'],
		['a &lt;b&gt; &amp;amp; c', 'a \\<b> &amp; c'],
		['`a &lt; *b*` and ```x &lt; *y*```', '`a < *b*` and \n```\nx < *y*\n```\n'],
		['&gt; quoted', '> quoted'],
		[':tada: at 10:30:45 :nothing:', '🎉 at 10:30:45 :nothing:'],
		['<@U123|bob> <@U123> <#C1|general> <!subteam^S1|@ops>', 'bob U123 #general ops'],
		['<!date^1392734382^{date}|Feb 18>', 'Feb 18'],
	]
	for (const [mrkdwn, markdown] of pairs) t.equal(said(mrkdwn), markdown.trim(), mrkdwn)
})

t.test('what is Markdown already stays what it is', async (t) => {
	for (const text of [
		'**bold** and ~~gone~~',
		'[a label](https://x.example/a*b*c)',
		'# Head\n\n- one\n- two',
		'| a | b |\n|---|---|',
	]) {
		t.equal(said(text), text)
	}
	t.equal(said('```json\n{"a": "*b*"}\n```').trim(), '```json\n{"a": "*b*"}\n```')
})

t.test('everybody is called by what Slack calls everybody by, and nobody by a name', async (t) => {
	for (const call of ['<!channel>', '<!here>', '<!everyone>', '<!here|here>']) {
		t.same(asJson({ text: `${call} look` }), { content: '@room look', calls: '@room' })
	}
	t.same(asJson({ text: '@ada @room @here &lt;!channel&gt;' }), { content: '@ada @room @here \\<!channel>', calls: '' })
	t.same(asJson({ text: '`<!channel>` \ue002' }), { content: '`<!channel>` \ufffd', calls: '' })
})

t.test('attachments', async (t) => {
	const attachment = {
		fallback: 'not this',
		color: '#ff0000',
		pretext: 'Before *it*',
		author_name: 'Ada',
		author_link: 'https://ada.example',
		title: 'Build [5]',
		title_link: 'https://ci.example/5',
		text: 'It ~works~ <https://ci.example|here>',
		fields: [
			{ title: 'Branch', value: 'main', short: true },
			{ title: 'Took', value: 12 },
		],
		image_url: 'https://ci.example/5.png',
		actions: [
			{ type: 'button', text: 'Again', url: 'https://ci.example/again' },
			{ name: 'stop', text: 'Stop' },
		],
		footer: 'ci',
		ts: 1,
	}
	t.equal(
		rendered({
			username: 'ci *bot*',
			icon_url: 'https://ci.example/i.png',
			channel: '#other',
			attachments: [attachment],
		}),
		`**ci \\*bot\\***

Before **it**

[Ada](https://ada.example)

**[Build \\[5\\]](https://ci.example/5)**

It ~~works~~ [here](https://ci.example)

**Branch**: main
**Took**: 12

[image](https://ci.example/5.png)

[Again](https://ci.example/again) · Stop

ci`,
	)
	t.equal(rendered({ text: 'one', attachments: [{ fallback: 'two' }, { text: 'three' }] }), 'one\n\ntwo\n\nthree')
})

t.test('blocks', async (t) => {
	const blocks = [
		{ type: 'header', text: { type: 'plain_text', text: 'Deploy *5*', emoji: true } },
		{
			type: 'section',
			text: { type: 'mrkdwn', text: 'It is *out*' },
			fields: [
				{ type: 'mrkdwn', text: '*By*' },
				{ type: 'plain_text', text: '*ada*' },
			],
			accessory: { type: 'button', text: { type: 'plain_text', text: 'See' }, url: 'https://x.example' },
		},
		{ type: 'divider' },
		{
			type: 'context',
			elements: [
				{ type: 'image', image_url: 'https://x.example/i.png', alt_text: 'icon' },
				{ type: 'mrkdwn', text: 'at _noon_' },
			],
		},
		{
			type: 'image',
			image_url: 'https://x.example/p.png',
			alt_text: 'a plot',
			title: { type: 'plain_text', text: 'Plot' },
		},
		{
			type: 'actions',
			elements: [
				{ type: 'button', text: { type: 'plain_text', text: 'Back' }, url: 'https://x.example/back' },
				{ type: 'button', text: { type: 'plain_text', text: 'Fine' }, value: '1' },
			],
		},
		{ type: 'weather', where: 'here' },
	]
	t.equal(
		rendered({ text: 'only where blocks cannot be shown', blocks }),
		`### Deploy \\*5\\*

It is **out**

**By**
\\*ada\\*

[See](https://x.example)

---

[icon](https://x.example/i.png) · at _noon_

Plot
[a plot](https://x.example/p.png)

[Back](https://x.example/back) · Fine

\`\`\`json
{
	"type": "weather",
	"where": "here"
}
\`\`\``,
	)
	t.equal(rendered({ text: 'shown', blocks: [] }), 'shown')
})

t.test('rich text', async (t) => {
	const text = (text: string, style?: object) => ({ type: 'text', text, ...(style === undefined ? {} : { style }) })
	const section = (...elements: object[]) => ({ type: 'rich_text_section', elements })
	const elements = [
		section(
			text('a '),
			text('bold ', { bold: true }),
			text('both', { bold: true, italic: true }),
			text(' c*d', { code: true }),
			text('\nnext '),
			text('gone', { strike: true }),
			text(' '),
			{ type: 'link', url: 'https://x.example', text: 'x' },
			text(' '),
			{ type: 'emoji', name: 'tada' },
			{ type: 'emoji', name: 'de', unicode: '1f1e9-1f1ea' },
			{ type: 'emoji', name: 'ours' },
			{ type: 'user', user_id: 'U1' },
			text(' '),
			{ type: 'channel', channel_id: 'C1' },
		),
		{ type: 'rich_text_list', style: 'bullet', indent: 0, elements: [section(text('one')), section(text('two'))] },
		{
			type: 'rich_text_list',
			style: 'ordered',
			indent: 1,
			offset: 1,
			elements: [section(text('b')), section(text('c'))],
		},
		{ type: 'rich_text_quote', elements: [text('said\nso')] },
		{ type: 'rich_text_preformatted', elements: [text('if (a < b) {\n}')] },
	]
	t.same(asJson({ blocks: [{ type: 'rich_text', elements }] }), {
		content: `a **bold** **_both_** \`c*d\`
next ~~gone~~ [x](https://x.example) 🎉🇩🇪:ours:U1 #C1

- one
- two

    2. b
    3. c

> said
> so

\`\`\`
if (a < b) {
}
\`\`\``,
		calls: '',
	})
	const call = section({ type: 'broadcast', range: 'here' }, text(' look'))
	t.same(asJson({ blocks: [{ type: 'rich_text', elements: [call] }] }), { content: '@room look', calls: '@room' })
})

t.test('Mattermost: the same, with a card, and as a form', async (t) => {
	const payload = { text: '**done**', username: 'ci', icon_url: 'x', props: { card: 'the *long* story' } }
	t.equal(rendered(payload), '**ci**\n\n**done**\n\nthe *long* story')
	const form = `payload=${encodeURIComponent(JSON.stringify({ text: 'a & b + c' }))}`
	t.equal(delivered(form, { 'content-type': 'application/x-www-form-urlencoded' }).content, 'a & b + c')
	// What curl sends to a webhook when nobody thinks of the type.
	t.equal(delivered('{"text":"hi"}', { 'content-type': 'application/x-www-form-urlencoded' }).content, 'hi')
	t.equal(delivered('payload={"text": "hi = &"}', {}).content, 'payload={"text": "hi = &"}')
})

t.test('without a text there is nothing to say', async (t) => {
	for (const payload of [
		{ text: '' },
		{ text: ' \n' },
		{ blocks: [] },
		{ attachments: [] },
		{ attachments: [{}] },
		{ text: '', username: 'x' },
	]) {
		t.throws(
			() => rendered(payload),
			{ code: 'content_empty', detail: /Slack.*nothing to be said/ },
			JSON.stringify(payload),
		)
	}
})

t.test('what only looks like it is shown as it came', async (t) => {
	for (const payload of [{ text: 5 }, { text: 'a', blocks: 'b' }, { text: 'a', attachments: {} }, { blocks: {} }]) {
		t.match(rendered(payload), /^```json\n/)
	}
})
