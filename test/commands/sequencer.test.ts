import t from 'tap'
import { system } from '../../src/commands/actor.ts'
import { idempotencyKeyCharsMax } from '../../src/commands/limits.ts'
import { appendable, messagePosted, roomOpened } from '../helpers/events.ts'
import { startWriting } from '../helpers/sequencer.ts'
import { ada, bob } from '../helpers/specification.ts'
import { rowsOf } from '../helpers/sqlite.ts'

t.test('a batch is answered in its order, each with the position of its own event', async (t) => {
	const writing = startWriting(t)
	const answers = await writing.run(
		writing.submit({ type: 'OpenRoom', room: 'general' }),
		writing.post('one'),
		writing.post('two', { room: 'random' }),
		writing.post('three'),
	)
	t.match(
		answers,
		// The second room was opened by its message, so that takes two positions.
		[1, 2, 4, 5].map((position) => ({ done: true, position, replayed: false })),
	)
	t.same(
		writing.events().map(({ type }) => type),
		['RoomOpened', 'MessagePosted', 'RoomOpened', 'MessagePosted', 'MessagePosted'],
	)
	t.same(writing.texts(), ['one', 'two', 'three'])
})

t.test('an event has the id, the actor and the time of its command', async (t) => {
	const writing = startWriting(t)
	await writing.run(writing.post('one'), writing.post('two', { key: 'k', actor: bob }))
	t.match(writing.events(), [
		{ type: 'RoomOpened', eventId: 'command1.0', metadata: { actor: ada.userId }, recordedAt: 1_790_000_000_001 },
		{ type: 'MessagePosted', eventId: 'command1', metadata: { actor: ada.userId }, recordedAt: 1_790_000_000_001 },
		{ eventId: `${bob.userId}:k`, metadata: { actor: bob.userId }, schemaVersion: 1, recordedAt: 1_790_000_000_002 },
	])
})

t.test('a command sees what those before it in the batch did', async (t) => {
	const writing = startWriting(t)
	const [first, , third] = [writing.post('one'), writing.post('two'), writing.post('three')]
	const answer = { ...writing.post('answer'), command: { ...first.command, replyTo: third.id } }
	await writing.run(first, writing.post('two'), third, answer as typeof first)
	t.match(writing.events(), [
		{ type: 'RoomOpened' },
		{ data: { sequence: 1 } },
		{ data: { sequence: 2 } },
		{ data: { sequence: 3 } },
		{ data: { sequence: 4, replyTo: third.id } },
	])
})

t.test('a refusal has its code and its field, and disturbs nobody', async (t) => {
	const writing = startWriting(t)
	const answers = await writing.run(writing.post('one'), writing.post(' '), writing.post('two'))
	t.match(answers, [
		{ done: true, position: 2 },
		{ done: false, code: 'content_empty', detail: /text/, field: 'content' },
		{ done: true, position: 3 },
	])
	t.same(writing.texts(), ['one', 'two'])
})

t.test('a command from which nothing follows is done, without a position', async (t) => {
	const writing = startWriting(t)
	const open = () => writing.submit({ type: 'OpenRoom', room: 'general' }, { actor: system })
	await writing.run(open())
	t.same(await writing.run(open()), [{ done: true, position: undefined, replayed: false }])
	t.equal(writing.log.head().position, 1)
})

t.test('an empty batch is answered with nothing', async (t) => {
	t.same(await startWriting(t).run(), [])
})

t.test('the views are at the head when a batch is answered', async (t) => {
	const writing = startWriting(t)
	for (const content of ['one', 'two', ' ']) {
		await writing.run(writing.post(content))
		t.same(writing.views.checkpoint(), { logId: writing.log.logId, ...writing.log.head() })
	}
})

t.test('a key that comes again in the same batch is answered as the first time', async (t) => {
	const writing = startWriting(t)
	const appends = t.capture(writing.log, 'append', writing.log.append)
	const answers = await writing.run(
		writing.post('hello', { key: 'k' }),
		writing.post('between'),
		writing.post('hello', { key: 'k' }),
	)
	t.equal(appends().length, 1)
	t.same(answers[2], { done: true, position: 2, replayed: true })
	t.same(writing.texts(), ['hello', 'between'])
})

t.test('a key that comes again later is answered as the first time', async (t) => {
	const writing = startWriting(t)
	await writing.run(writing.post('hello', { key: 'k' }))
	await writing.run(writing.post('between'))
	t.same(await writing.run(writing.post('hello', { key: 'k' })), [{ done: true, position: 2, replayed: true }])
	t.same(writing.texts(), ['hello', 'between'])
})

t.test('a key is remembered when the text was erased', async (t) => {
	const writing = startWriting(t)
	await writing.run(writing.post('hello', { key: 'k' }))
	await writing.log.append(2, [], { erases: [2] })
	t.same(await writing.run(writing.post('hello', { key: 'k' })), [{ done: true, position: 2, replayed: true }])
	t.equal(writing.log.head().position, 2)
})

t.test('a key with another body is refused, in the same batch and later', async (t) => {
	const writing = startWriting(t)
	const others = () => [
		writing.post('another', { key: 'k' }),
		writing.post('hello', { key: 'k', room: 'random' }),
		writing.submit({ type: 'OpenRoom', room: 'random' }, { key: 'k' }),
	]
	const refused = { done: false, code: 'idempotency_key_reused' }
	const [first, ...rest] = await writing.run(writing.post('hello', { key: 'k' }), ...others())
	t.match(first, { done: true, position: 2 })
	t.match(rest, [refused, refused, refused])
	t.match(await writing.run(...others()), [refused, refused, refused])
	t.same(writing.texts(), ['hello'])
})

t.test('a key belongs to the one who uses it', async (t) => {
	const writing = startWriting(t)
	const answers = await writing.run(
		writing.post('hello', { key: 'k' }),
		writing.post('hello', { key: 'k', actor: bob }),
		writing.post('hello', { key: 'K' }),
	)
	t.same(
		answers.map((answer) => answer.done && answer.replayed),
		[false, false, false],
	)
	t.equal(writing.texts().length, 3)
})

t.test('a refusal is not remembered under its key', async (t) => {
	const writing = startWriting(t)
	t.match(await writing.run(writing.post('', { key: 'k' })), [{ code: 'content_empty' }])
	t.match(await writing.run(writing.post('hello', { key: 'k' })), [{ done: true, replayed: false }])
})

t.test('a key that is none is refused', async (t) => {
	const writing = startWriting(t)
	const keys = ['', ' ', '   ', 'a\nb', 'a\0', 'é', '\x7f', '\t', 'k'.repeat(idempotencyKeyCharsMax + 1)]
	for (const key of keys) {
		const answers = await writing.run(writing.post('hello', { key }))
		t.match(answers, [{ done: false, code: 'idempotency_key_invalid', field: 'key' }], JSON.stringify(key))
	}
	t.equal(writing.log.head().position, 0)
	for (const key of ['k', ' k ', '~!"', 'k'.repeat(idempotencyKeyCharsMax), 'a:b']) {
		t.match(await writing.run(writing.post('hello', { key })), [{ done: true, replayed: false }])
	}
})

t.test('views that are behind see what they missed before the next batch is decided', async (t) => {
	const writing = startWriting(t)
	// In the log alone, as after a crash between the two commits.
	await writing.log.append(0, [appendable(roomOpened()), appendable(messagePosted(1)), appendable(messagePosted(2))])
	await writing.run(writing.post('three'))
	t.match(writing.events()[3], { streamId: roomOpened().streamId, data: { sequence: 3 } })
	t.same(writing.views.checkpoint(), { logId: writing.log.logId, ...writing.log.head() })
	t.equal(rowsOf(writing.views).messages?.length, 3)
})
