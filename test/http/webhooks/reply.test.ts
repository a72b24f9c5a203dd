import t from 'tap'
import { type PostedFrame, replyIn } from '../../../src/http/webhooks/reply.ts'
import { isBy } from '../../../src/http/webhooks/sender.ts'

const message = { type: 'message', room: 'general', id: 'M1', sender: 'ada', content: 'hi' } as PostedFrame
const answer = (contentType: string, body: string | Buffer | undefined) => ({
	status: 200,
	contentType,
	body: body === undefined ? undefined : Buffer.from(body),
})

for (const [contentType, body, content] of [
	['text/plain', 'hello', 'hello'],
	['text/plain; charset=utf-8', 'héllo\n', 'héllo\n'],
	['TEXT/Markdown', '**hello**', '**hello**'],
	['application/json', '{"content":"hello"}', 'hello'],
	['application/json', '{"text":"hello","response_type":"in_channel"}', 'hello'],
	['application/json; charset=utf-8', '{"content":"one","text":"two"}', 'one'],
] as const) {
	t.test(`${contentType} ${body} says something`, async (t) => {
		t.same(replyIn(message, answer(contentType, body)), { room: 'general', content, replyTo: 'M1' })
	})
}

for (const [contentType, body] of [
	['', 'hello'],
	['text/html', '<p>ok</p>'],
	['text/plain', ''],
	['text/plain', ' \n'],
	['text/plain', Buffer.from([0xff, 0xfe])],
	['text/plain', undefined],
	['application/json', ''],
	['application/json', '{"content":'],
	['application/json', '"hello"'],
	['application/json', 'null'],
	['application/json', '{"content":7}'],
	['application/json', '{"ok":true}'],
] as const) {
	t.test(`${contentType} ${body} says nothing`, async (t) =>
		t.equal(replyIn(message, answer(contentType, body)), undefined),
	)
}

t.test('only a message is answered', async (t) => {
	const member = { type: 'member', room: 'general', userId: 'ada' } as PostedFrame
	t.equal(replyIn(member, answer('text/plain', 'welcome')), undefined)
})

t.test('whose doing a frame is', async (t) => {
	const frames = [
		{ type: 'message', sender: 'robot' },
		{ type: 'edit', sender: 'robot' },
		{ type: 'delete', by: 'robot' },
		{ type: 'clear', by: 'robot' },
		{ type: 'reaction', userId: 'robot' },
		{ type: 'read', userId: 'robot' },
	] as PostedFrame[]
	for (const frame of frames) {
		t.ok(isBy('robot', frame), frame.type)
		t.notOk(isBy('ada', frame), frame.type)
	}
	t.notOk(isBy('robot', { type: 'member', userId: 'robot' } as PostedFrame), 'to be let in is another’s doing')
})
