import t from 'tap'
import { complete } from '../../src/cli/chat/completion.ts'
import { happening } from '../../src/cli/chat/happenings.ts'
import { join } from '../../src/cli/chat/moving.ts'
import { Paint } from '../../src/cli/chat/paint.ts'
import { promptText } from '../../src/cli/chat/prompt.ts'
import { contentText, messageText } from '../../src/cli/chat/said.ts'
import { search } from '../../src/cli/chat/searching.ts'
import type { Talk } from '../../src/cli/chat/talk.ts'
import { who } from '../../src/cli/chat/who.ts'
import type { FoundMessage } from '../../src/protocol/answers.ts'
import type { Frame } from '../../src/protocol/frames.ts'
import { messageLine } from '../../src/protocol/message-line.ts'

/* A server may say anything anywhere: here it tries to put something into the clipboard, by every field there is. */

const hostile = '1\u001b]52;c;ZXZpbA==\u0007\u009d'
const paint = new Paint(false)
const about = { paint, me: 'ada', sequenceOf: () => hostile as unknown as number }

const place = { position: 1, cursor: '1-0', room: 'general', timestamp: 1 }
const message = {
	...place,
	type: 'message' as const,
	id: 'a',
	sequence: 1,
	sender: 'bob',
	content: 'hi',
	mentions: ['ada'],
	reactions: [
		{ emoji: 'x', users: ['ada'] },
		{ emoji: 'x', users: { length: 9 } as unknown as string[] },
	],
	highlights: [],
}
const room = {
	room: 'dev',
	title: 'x',
	topic: 'x',
	visibility: 'open' as const,
	archived: true,
	unread: 1,
	mentions: 0,
	role: 'member' as const,
}

/** Of what is wanted in one field after the other, and then in all, the hostile text. What decides what it is stays. */
function* spoilt<Value>(value: Value): Generator<Value> {
	for (const path of fieldsOf(value)) yield replaced(value, (at) => at === path)
	yield replaced(value, () => true)
}

function fieldsOf(value: unknown, path = ''): string[] {
	if (typeof value !== 'object' || value === null) return [path]
	return Object.entries(value).flatMap(([name, field]) => (name === 'type' ? [] : fieldsOf(field, `${path}/${name}`)))
}

function replaced<Value>(value: Value, isWanted: (path: string) => boolean, path = ''): Value {
	if (typeof value !== 'object' || value === null) return (isWanted(path) ? hostile : value) as Value
	const entries = Object.entries(value).map(([name, field]) => {
		return [name, name === 'type' ? field : replaced(field, isWanted, `${path}/${name}`)]
	})
	return (Array.isArray(value) ? entries.map(([, field]) => field) : Object.fromEntries(entries)) as Value
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/

/** What is shown, or the error that is shown instead. */
function shown(show: () => string | undefined): string {
	try {
		return show() ?? ''
	} catch (error) {
		return error instanceof TypeError || error instanceof RangeError ? '' : `\u001b${error}`
	}
}

t.test('a message, in every field', async (t) => {
	const variants = [
		message,
		{ ...message, replyTo: 'b', editedAtMs: 1 },
		{ ...message, erased: 'author' as const, content: '' },
	]
	for (const variant of variants) {
		for (const said of spoilt(variant)) {
			t.notMatch(
				shown(() => messageText(said, { ...about, place: '#general' })),
				obeyed,
			)
			t.notMatch(
				shown(() => messageLine(said)),
				obeyed,
			)
		}
	}
	const me = '(a+)+\u001b]52;c;ZXZpbA==\u0007'
	t.equal(contentText('@(a+) hello', [me], { paint, me }), '@(a+) hello', 'no name is taken for a pattern')
})

t.test('what happens, in every field', async (t) => {
	const frames = [
		{ type: 'edit', id: 'a', sequence: 1, sender: 'bob', content: 'x', mentions: [] },
		{ type: 'delete', id: 'a', sequence: 1, by: 'bob' },
		{ type: 'clear', through: 1, by: 'bob', reason: 'retention' },
		{ type: 'clear', through: 1, by: 'bob', reason: 'moderator' },
		{ type: 'reaction', id: 'a', userId: 'bob', emoji: 'x', action: 'add' },
		{ type: 'reaction', id: 'a', userId: 'bob', emoji: 'x', action: 'remove' },
		{ type: 'member', userId: 'bob', action: 'remove' },
		{ type: 'presence', userId: 'bob', action: 'join', state: 'online' },
		{ type: 'room', title: 'x', topic: 'x', visibility: 'open', archived: true },
	]
	for (const frame of frames) {
		for (const said of spoilt({ ...place, ...frame })) {
			t.notMatch(
				shown(() => happening(said as unknown as Frame, about)),
				obeyed,
				frame.type,
			)
		}
	}
})

t.test('the prompt, and what Tab shows', async (t) => {
	for (const state of spoilt({ room: 'general', others: [{ room: 'dev', unread: 1 }] })) {
		const others = state.others.map((other) => ({ ...other, calls: true }))
		for (const columns of [50, 120]) {
			const prompt = promptText({ ...state, others, waiting: 0, isOffline: false, isAway: false }, columns, paint)
			t.notMatch(prompt, obeyed)
		}
	}
	const names = [hostile, `@${hostile}`]
	const chat = {
		rooms: new Map(names.map((name) => [name, { room: name, members: [{ userId: name }] }])),
		presence: new Map(names.map((name) => [name, {}])),
	}
	const view = { room: hostile, messages: [{ sender: hostile }] }
	for (const typed of ['/join ', '/join #', '/msg ', '@', '#1']) {
		const [candidates] = complete(typed, { chat, view } as never)
		t.notMatch(candidates.join(), obeyed, typed)
	}
})

t.test('what is asked for', async (t) => {
	const printed: string[] = []
	const talkWith = (chat: object): Talk => {
		const print = (text: string) => printed.push(text)
		const view = { room: 'general' }
		return { chat, view, me: 'ada', screen: { paint, print }, print, notice: print, refuse: print } as unknown as Talk
	}
	for (const [one] of spoilt([room])) await join(talkWith({ browse: async () => [one] }), '')
	for (const [state, userId] of [
		['online', hostile],
		['away', hostile],
		['offline', hostile],
		[hostile, hostile],
	]) {
		const chat = {
			user: { role: 'member' },
			presence: new Map([[hostile, { userId, state }]]),
			members: async () => [{ userId, role: hostile }],
			present: async () => ({ users: [{ userId, state }] }),
		}
		await who(talkWith(chat))
	}
	for (const found of spoilt(message as unknown as FoundMessage)) {
		const talk = talkWith({ search: async () => ({ messages: [found], complete: true, next: 1 }) })
		await search(talk, 'x').catch((error) => t.ok(error instanceof TypeError))
	}
	t.ok(printed.length > 30)
	for (const text of printed) t.notMatch(text, obeyed)
})
