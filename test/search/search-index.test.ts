import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { system } from '../../src/commands/actor.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { fold } from '../../src/search/fold.ts'
import { Indexing } from '../../src/search/indexing.ts'
import { indexPath, removeOtherIndexes, SearchIndex } from '../../src/search/search-index.ts'
import { tokensOf } from '../../src/search/tokens.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { appendable, messagePosted, roomOpened } from '../helpers/events.ts'
import { filesHolding } from '../helpers/files.ts'
import { anyLife, live } from '../helpers/life.ts'
import { catchUp, contentOf, startIndex } from '../helpers/search-index.ts'
import { emptyViewsOf, Writing } from '../helpers/sequencer.ts'
import { connectionOf } from '../helpers/sqlite.ts'

t.test('after any life the index is what a new one is, and holds the messages of now with their words', async () => {
	await fc.assert(
		fc.asyncProperty(anyLife, async (life) => {
			const log = openLogForWriting(':memory:')
			const writing = new Writing(log, emptyViewsOf(log))
			const index = SearchIndex.open(':memory:', log)
			const anew = SearchIndex.open(':memory:', log)
			try {
				for (const batch of life) {
					await live(writing, batch)
					catchUp(index, log)
				}
				await writing.run(writing.submit({ type: 'FinishErasing' }, { actor: system }))
				for (const one of [index, anew]) catchUp(one, log)
				const content = contentOf(index)
				assert.deepEqual(contentOf(anew), content)
				assert.deepEqual(
					content.map(({ position, text, tokens }) => ({ position, text, tokens })),
					textsOfNow(writing),
				)
			} finally {
				index.close()
				anew.close()
				writing.views.close()
				log.close()
			}
		}),
		{ numRuns: 100 },
	)
})

/** As they can be found by their positions, worked out from the log alone. */
function textsOfNow(writing: Writing): { position: number; text: string; tokens: string[] }[] {
	const texts = new Map<string, { position: number; text: string }>()
	for (const { type, body, position, data } of writing.events()) {
		if (type === 'MessagePosted' && body !== null) {
			texts.set(data.messageId, { position, text: fold(body.content) })
		}
		if (type === 'MessageEdited' && body !== null) {
			texts.set(data.messageId, { position: texts.get(data.messageId)?.position as number, text: fold(body.content) })
		}
	}
	return [...texts.values()].map((message) => ({ ...message, tokens: [...tokensOf(message.text)].sort() }))
}

t.test('an index goes on from where it was, and begins anew for another log or another past', async (t) => {
	const path = join(temporaryDirectory(t), 'search.db')
	const log = openLogForWriting(':memory:')
	t.teardown(() => log.close())
	const first = await appended(log, 3)
	startAndClose(path, first)
	const again = SearchIndex.open(path, first)
	t.equal(again.checkpoint().position, 4)
	again.close()

	const other = await appended(openLogForWriting(':memory:'), 3)
	const otherIndex = startIndex(t, other, path)
	t.equal(otherIndex.checkpoint().logId, other.logId)
	t.equal(contentOf(otherIndex).length, 3)
})

async function appended(log: ReturnType<typeof openLogForWriting>, count: number, content = 'hello') {
	const messages = Array.from({ length: count }, (_, i) => appendable(messagePosted(i + 1, { content, name: 'ada' })))
	await log.append(0, [appendable(roomOpened()), ...messages])
	return log
}

function startAndClose(path: string, log: ReturnType<typeof openLogForWriting>): void {
	const index = SearchIndex.open(path, log)
	catchUp(index, log)
	index.close()
}

t.test('an index that has seen what the log does not hold begins anew', async (t) => {
	const path = join(temporaryDirectory(t), 'search.db')
	const log = await appended(openLogForWriting(':memory:'), 5)
	startAndClose(path, log)
	for (const damage of ["UPDATE checkpoint SET fingerprint = 'another'", 'UPDATE checkpoint SET position = 999']) {
		const index = SearchIndex.open(path, log)
		connectionOf(index).exec(damage)
		index.close()
		const anew = SearchIndex.open(path, log)
		t.equal(anew.checkpoint().position, 0, damage)
		catchUp(anew, log)
		t.equal(contentOf(anew).length, 5)
		anew.close()
	}
})

t.test('an index that is damaged begins anew', async (t) => {
	const path = join(temporaryDirectory(t), 'search.db')
	const log = await appended(openLogForWriting(':memory:'), 5)
	for (const bytes of ['', 'no database at all, and long enough to be looked at as one'.repeat(100)]) {
		writeFileSync(path, bytes)
		const index = SearchIndex.open(path, log)
		catchUp(index, log)
		t.equal(contentOf(index).length, 5)
		index.close()
	}
})

t.test('indexes of other versions are removed, and nothing else', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	mkdirSync(directory)
	const others = ['search-0123456789abcdef.db', 'search-0123456789abcdef.db-wal']
	const kept = [indexPath(directory), join(directory, 'log.db'), join(directory, 'search-notes.txt')]
	for (const path of [...others.map((name) => join(directory, name)), ...kept]) writeFileSync(path, 'here')
	removeOtherIndexes(directory)
	t.same(filesHolding(directory, 'here').sort(), kept.map((path) => path.split('/').at(-1)).sort())
})

t.test('an event that is damaged is passed over, and all others are found', async (t) => {
	const log = await appended(openLogForWriting(':memory:'), 2_000)
	for (const { name } of connectionOf(log).prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all() as {
		name: string
	}[]) {
		connectionOf(log).exec(`DROP TRIGGER ${name}`)
	}
	const damaged = [2, 3, 700, 1_400, 2_001]
	for (const position of damaged) {
		connectionOf(log)
			.prepare('UPDATE events SET body = ? WHERE position = ?')
			.run(JSON.stringify({ content: 'changed' }), position)
	}
	const index = startIndex(t, log)
	t.equal(index.checkpoint().position, 2_001)
	t.equal(contentOf(index).length, 2_000 - damaged.length)
})

for (const every of [2, 40]) {
	t.test(`a text that is gone is in no file, not even in part, where it was one of ${every}`, async (t) => {
		const directory = temporaryDirectory(t)
		const log = openLogForWriting(join(directory, 'log.db'))
		const index = SearchIndex.open(join(directory, 'search.db'), log)
		t.teardown(() => index.close())
		// Of each a part that is a token: in bytes that come by chance nowhere else.
		const secret = 'ⰀⰁⰂⰃ'
		const dense = '龘靐齉'
		const message = (sequence: number, content: string) => appendable(messagePosted(sequence, { content, name: 'ada' }))
		const count = 400
		await log.append(0, [appendable(roomOpened())])
		for (let i = 1; i <= count; i++) {
			const content = i % every === 0 ? `${secret} ${dense} ${'long '.repeat(i * 20)}` : `message ${i} of many`
			await log.append(i, [message(i, content)])
			if (i % 7 === 0) catchUp(index, log)
		}
		catchUp(index, log)
		// One of them had other words before.
		const words = { messageId: `message-${every}`, sequence: every, userId: 'guest-ada', room: 'general' }
		const edited = {
			streamId: 'room-GENERAL',
			type: 'MessageEdited',
			data: words,
			body: { content: 'edited' },
		} as const
		await log.append(count + 1, [appendable(edited)])
		catchUp(index, log)
		const parts = [secret, dense, secret.slice(0, 3), dense.slice(1)].map((part) => fold(part))
		for (const part of parts)
			t.ok(
				filesHolding(directory, part).some((name) => /^search/.test(name)),
				part,
			)

		const erases = Array.from({ length: count / every }, (_, i) => every * (i + 1) + 1)
		const data = { room: 'general', after: 0, through: count, reason: 'moderator' as const, erases }
		const cleared = { streamId: 'room-GENERAL', type: 'HistoryCleared', data, body: null } as const
		await log.append(count + 2, [appendable(cleared)], { erases })
		const indexing = new Indexing(index, log)
		t.equal(indexing.holdsErased(), true)
		while (indexing.next() === 'more') index.tidy({ isIdle: false })
		t.equal(indexing.holdsErased(), false)
		t.equal(index.tidy({ isIdle: true }), true)
		log.tidy({ isIdle: true })
		for (const part of parts) t.same(filesHolding(directory, part), [], part)
		t.equal(contentOf(index).length, count - count / every)
		log.close()
	})
}

t.test('where more is erased than is worth taking out, the index is to be made anew', async (t) => {
	const log = await appended(openLogForWriting(':memory:'), 3_000)
	const index = startIndex(t, log)
	const erase = async (from: number, count: number) => {
		const erases = Array.from({ length: count }, (_, i) => from + i)
		const data = { reason: 'person' as const, erases }
		const erased = { streamId: 'server', type: 'TextsErased', data, body: null } as const
		await log.append(log.head().position, [appendable(erased)], { erases })
	}
	const indexing = new Indexing(index, log)
	await erase(2, 900)
	t.equal(indexing.next(), 'more')
	await erase(902, 1_100)
	t.equal(indexing.next(), 'startAgain')
	t.equal(indexing.holdsErased(), true)
	const anew = startIndex(t, log)
	t.equal(contentOf(anew).length, 1_000)
})
