import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openLogForReading, openLogForWriting } from '../../src/events/sqlite-log.ts'
import { termOf } from '../../src/search/match.ts'
import { type Search, type SearchesTooMany, startSearch } from '../../src/search/search.ts'
import type { Found, Wanted } from '../../src/search/seeking.ts'
import '../helpers/bare-threads.ts'
import { appendable, messagePosted } from '../helpers/events.ts'
import { filledDirectory } from '../helpers/filled-directory.ts'
import { until } from '../helpers/until.ts'

const wanted: Wanted = { terms: [termOf('message')], roomIds: ['room-general'], messages: 1_000, limit: 10 }
const noSignal = new AbortController().signal

function start(t: Test, directory: string): Search {
	const search = startSearch({ directory, failed: (error) => t.fail(error.message) })
	t.teardown(() => search.stop())
	return search
}

async function untilComplete(search: Search, position: number): Promise<Found> {
	await until(async () => (await search.find('somebody', wanted, noSignal)).position >= position)
	return await search.find('somebody', wanted, noSignal)
}

t.test('what is asked before the threads are there is answered when they are', async (t) => {
	const search = start(t, await filledDirectory(t, 1_000))
	const found = await search.find('ada', wanted, noSignal)
	t.match(found, { isCut: false, position: Number })
	const { hits, next } = await untilComplete(search, 1_001)
	t.same(
		hits.map(({ position }) => position),
		Array.from({ length: 10 }, (_, i) => 1_001 - i),
	)
	t.equal(next, 992)
})

t.test('what comes is found after a word that the head has moved', async (t) => {
	const directory = await filledDirectory(t, 10)
	const search = start(t, directory)
	await untilComplete(search, 11)
	const log = openLogForWriting(join(directory, 'log.db'))
	const message = messagePosted(11, { content: 'a message of now', name: 'ada' }, { roomId: 'room-general' })
	await log.append(11, [appendable(message)])
	log.close()
	search.headMoved()
	const { hits } = await untilComplete(search, 12)
	t.match(hits[0], { position: 12, textPosition: 12, highlights: [[2, 9]] })
})

t.test('a caller has so many searches under way, and all have so many', async (t) => {
	const search = start(t, await filledDirectory(t, 10))
	const ask = (caller: string) =>
		search.find(caller, wanted, noSignal).then(
			() => 'found',
			(error: SearchesTooMany) => error.whose,
		)
	const ofOne = Array.from({ length: 6 }, () => ask('ada'))
	const ofOthers = Array.from({ length: 65 }, (_, i) => ask(`caller ${i}`))
	t.same(await Promise.all(ofOne), ['found', 'found', 'found', 'found', 'caller', 'caller'])
	const answers = await Promise.all(ofOthers)
	t.equal(answers.filter((answer) => answer === 'found').length, 60)
	t.equal(answers.filter((answer) => answer === 'all').length, 5)
	t.equal(await ask('ada'), 'found')
})

t.test('whoever goes away makes room, and is not waited for', async (t) => {
	const search = start(t, await filledDirectory(t, 10))
	for (let i = 0; i < 3; i++) {
		const gone = new AbortController()
		const searches = Array.from({ length: 4 }, () => search.find('ada', wanted, gone.signal))
		gone.abort(new Error('gone'))
		for (const one of searches) await t.rejects(one, { message: 'gone' })
	}
	await t.rejects(search.find('ada', wanted, AbortSignal.abort(new Error('gone'))), { message: 'gone' })
	t.match(await search.find('ada', wanted, noSignal), { isCut: false })
})

t.test('rooms are looked up or looked at, and the same is found', async (t) => {
	const directory = await filledDirectory(t, 3_000, ['general', 'harbour', 'garden'])
	const search = start(t, directory)
	const head = openLogForReading(join(directory, 'log.db')).head().position
	await untilComplete(search, head)
	const roomIds = ['room-garden', 'room-harbour', 'room-nowhere']
	const positions = async (messages: number, more: Partial<Wanted>) => {
		const all: number[] = []
		let before: number | undefined
		do {
			const page = before === undefined ? {} : { before }
			const found = await search.find('ada', { ...wanted, roomIds, messages, ...more, ...page, limit: 100 }, noSignal)
			all.push(...found.hits.map(({ position }) => position))
			before = found.next
		} while (before !== undefined)
		return all
	}
	for (const more of [
		{},
		{ terms: [] },
		{ authorIds: ['guest-filler'] },
		{ terms: [termOf('1')] },
		{ terms: [termOf('101')] },
	]) {
		const lookedAt = await positions(2_000, more)
		t.same(await positions(1, more), lookedAt, `${lookedAt.length} of them`)
		t.same(
			lookedAt,
			lookedAt.toSorted((a, b) => b - a),
		)
	}
	t.equal((await positions(1, {})).length, 2_000)
	t.same(await positions(1, { authorIds: ['guest-nobody'] }), [])
	t.same(await positions(1, { roomIds: ['room-nowhere'] }), [])
})
