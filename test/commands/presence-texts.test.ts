import { join } from 'node:path'
import t from 'tap'
import { guestNamed, system } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import { presenceTextsErasedMax, presenceTextsKeptMs } from '../../src/commands/limits.ts'
import { Sequencer } from '../../src/commands/sequencer.ts'
import type { NewEvent, PresenceState } from '../../src/events/catalogue.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { auditedBefore } from '../../src/projections/audit.ts'
import { catchUp } from '../../src/projections/projector.ts'
import { openViewsForWriting } from '../../src/projections/views.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { generalId, roomOpened } from '../helpers/events.ts'
import { filesHolding } from '../helpers/files.ts'
import { emptyViewsOf } from '../helpers/sequencer.ts'
import { ada, bob, given } from '../helpers/specification.ts'
import { rowsOf } from '../helpers/sqlite.ts'

const erase = { type: 'ErasePresenceTexts' } as const
/** A specification's events are recorded at about this time. */
const aWeekLater = { actor: system, now: 1_790_000_000_000 + presenceTextsKeptMs + 1_000_000 }

const changed = (state: PresenceState, { userId, name } = ada): NewEvent => ({
	streamId: userId,
	type: 'PresenceChanged',
	data: { userId, state },
	body: { name },
})
const visit = (type: 'VisitorJoined' | 'VisitorLeft', { userId, name } = ada): NewEvent => ({
	streamId: generalId,
	type,
	data: { room: 'general', userId, state: 'online' },
	body: { name },
})
const erased = (...erases: number[]): NewEvent => ({
	streamId: 'server',
	type: 'TextsErased',
	data: { reason: 'presence', erases },
	body: null,
})
const came = [roomOpened(), changed('online'), visit('VisitorJoined')]
const went = [changed('offline'), visit('VisitorLeft')]

t.test('what guests were called who were here is erased a week later, once', async () => {
	given(...came, ...went)
		.when(erase, aWeekLater)
		.thenHappens(erased(2, 3, 4, 5))
	given(...came, ...went, erased(2, 3, 4, 5))
		.when(erase, aWeekLater)
		.thenNothing()
	given(...came, ...went)
		.when(erase, { ...aWeekLater, now: aWeekLater.now - 2_000_000 })
		.thenNothing()
})

t.test('who is here still keeps the name', async () => {
	given(...came)
		.when(erase, aWeekLater)
		.thenNothing()
	given(...came, changed('away'))
		.when(erase, aWeekLater)
		.thenHappens(erased(2))
	given(...came, changed('online', bob), ...went)
		.when(erase, aWeekLater)
		.thenHappens(erased(2, 3, 5, 6))
})

t.test('of people with an account there is nothing to erase', async () => {
	const cyd = { kind: 'user', userId: 'user-cyd', name: 'cyd' } as const
	const states = (['online', 'offline'] as const).map((state) => ({ ...changed(state, cyd as never), body: null }))
	given(...(states as NewEvent[]))
		.when(erase, aWeekLater)
		.thenNothing()
})

t.test('one event erases only so many, the oldest first', async () => {
	const states = Array.from({ length: presenceTextsErasedMax / 2 + 1 }, () => [changed('online'), changed('offline')])
	const positions = states.flat().map((_, index) => index + 1)
	const first = positions.slice(0, presenceTextsErasedMax)
	given(...states.flat())
		.when(erase, aWeekLater)
		.thenHappens(erased(...first))
	given(...states.flat(), erased(...first))
		.when(erase, aWeekLater)
		.thenHappens(erased(...positions.slice(presenceTextsErasedMax)))
})

t.test('a week later no file says who was here, and the views are those of a replay', async (t) => {
	const directory = temporaryDirectory(t)
	const log = openLogForWriting(join(directory, 'log.db'))
	const views = openViewsForWriting(join(directory, 'views.db'), log.logId, log.fingerprintAt(0) as string)
	const replayed = emptyViewsOf(log)
	t.teardown(() => {
		for (const file of [views, replayed, log]) file.close()
	})
	let now = 1_790_000_000_000
	let count = 0
	const sequencer = new Sequencer(log, views, () => now)
	const run = async (...commands: Command[]) =>
		await sequencer.run(commands.map((command) => ({ id: `command-${++count}`, actor: system, command })))
	const canary = guestNamed('canary', log.logId)
	const stayer = guestNamed('stayer', log.logId)
	const change = (person: typeof ada, state: PresenceState): Command => ({ type: 'ChangePresence', person, state })

	await run({ type: 'OpenRoom', room: 'general' })
	const roomId = log.at(1)?.streamId as string
	for (const person of [canary, stayer]) {
		await run(change(person, 'online'), { type: 'JoinRoom', person, roomId })
	}
	await run(change(canary, 'away'), { type: 'LeaveRoom', person: canary, roomId }, change(canary, 'offline'))
	const head = log.head().position
	now += presenceTextsKeptMs
	t.match(await run(erase), [{ position: undefined }], 'not a moment too soon')
	t.not(filesHolding(directory, 'canary').length, 0)
	now += 1
	t.match(await run(erase, erase), [{ position: head + 1 }, { position: undefined }])

	for (const files of [log, views]) t.ok(files.tidy({ isIdle: true }))
	t.same(filesHolding(directory, 'canary'), [])
	t.not(filesHolding(directory, 'stayer').length, 0, 'who is here still is called as before')
	t.notOk(auditedBefore(views, Number.MAX_SAFE_INTEGER, 10).includes(head + 1), 'and administrators need not know')
	catchUp(replayed, log)
	t.same(rowsOf(replayed), rowsOf(views))
})
