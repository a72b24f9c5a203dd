import t, { type Test } from 'tap'
import { system } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import { Erasures } from '../../src/http/delivery/erasures.ts'
import { Names } from '../../src/projections/names.ts'
import { catchUpTo } from '../../src/projections/projector.ts'
import { findUserByName } from '../../src/projections/users.ts'
import { emptyViewsOf, startWriting, type Writing } from '../helpers/sequencer.ts'

/** A room with three messages, and views that know nothing of what happens then: the log commits before them. */
async function startBehind(t: Test) {
	const writing = startWriting(t)
	const run = (...commands: Command[]) =>
		writing.run(...commands.map((command) => writing.submit(command, { actor: system })))
	await run({ type: 'OpenRoom', room: 'general' }, { type: 'AddUser', name: 'kim', role: 'member', tokenHash: 'hash' })
	await writing.run(writing.post('one'), writing.post('two'), writing.post('three'))
	const behind = emptyViewsOf(writing.log)
	t.teardown(() => behind.close())
	catchUpTo(behind, writing.log, writing.log.head().position)
	return { writing, behind, run }
}

function posted(writing: Writing, sequence: number) {
	for (const event of writing.events())
		if (event.type === 'MessagePosted' && event.data.sequence === sequence) return event
	throw new Error(`no message ${sequence}`)
}

t.test('why a text is erased is known before the views know it', async (t) => {
	const { writing, behind, run } = await startBehind(t)
	const { of } = new Erasures(behind, writing.log)
	await run({ type: 'ClearHistory', room: 'general', through: 2 })
	await run({ type: 'DeleteMessage', room: 'general', messageId: posted(writing, 3).data.messageId })
	for (const sequence of [1, 2, 3]) t.equal(of(posted(writing, sequence)), 'moderator')
	catchUpTo(behind, writing.log, writing.log.head().position)
	for (const sequence of [1, 2, 3]) t.equal(of(posted(writing, sequence)), 'moderator')
})

t.test('a text that is gone, and no event says why, is damage', async (t) => {
	const { writing, behind } = await startBehind(t)
	const { of } = new Erasures(behind, writing.log)
	t.throws(() => of({ ...posted(writing, 1), body: null }), {
		position: posted(writing, 1).position,
		message: /no event says that it was erased/,
	})
})

t.test('who is erased has a number before the views know it', async (t) => {
	const { writing, behind, run } = await startBehind(t)
	const { userId } = findUserByName(behind, 'kim') as { userId: string }
	const names = new Names(behind, writing.log)
	t.equal(names.of(userId), 'kim')
	await run({ type: 'EraseUser', name: 'kim' })
	names.forget([userId])
	t.equal(names.of(userId), 'erased-1')
	catchUpTo(behind, writing.log, writing.log.head().position)
	t.equal(names.of(userId), 'erased-1')
})
