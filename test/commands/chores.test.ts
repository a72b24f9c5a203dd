import { mock } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { startChores } from '../../src/commands/chores.ts'
import { choresEveryMs } from '../../src/commands/limits.ts'
import { Refusal } from '../../src/commands/refusal.ts'

/** A writer that finds so much to do of each kind, or fails. */
function writerWith(left: Map<string, number | Error>) {
	const asked: string[] = []
	return {
		asked,
		async submit(_actor: unknown, { type }: { type: string }) {
			asked.push(type)
			const count = left.get(type) ?? 0
			if (count instanceof Error) throw count
			left.set(type, count - 1)
			return { position: count > 0 ? 1 : undefined, replayed: false }
		},
	}
}

t.test('each chore is done until nothing of it is left, at once and again every hour', async (t) => {
	mock.timers.enable({ apis: ['setInterval'] })
	t.teardown(() => mock.timers.reset())
	const left = new Map<string, number>([['EraseAddresses', 2]])
	const { asked, submit } = writerWith(left)
	const chores = startChores({ submit }, (error) => t.fail(String(error)))
	await nextTurn()
	t.same(asked.splice(0), [
		'EraseAddresses',
		'EraseAddresses',
		'EraseAddresses',
		'ErasePresenceTexts',
		'EraseSanctionTexts',
		'FinishErasing',
	])
	mock.timers.tick(choresEveryMs - 1)
	await nextTurn()
	t.same(asked, [])
	left.set('EraseAddresses', 0).set('ErasePresenceTexts', 1)
	mock.timers.tick(1)
	await nextTurn()
	t.same(asked.splice(0), [
		'EraseAddresses',
		'ErasePresenceTexts',
		'ErasePresenceTexts',
		'EraseSanctionTexts',
		'FinishErasing',
	])
	chores.stop()
	mock.timers.tick(choresEveryMs)
	await nextTurn()
	t.same(asked, [])
})

t.test('a chore that fails keeps no other from being done, and a refusal is nothing to tell', async (t) => {
	const fault = new Error('a fault of ours')
	const failures: unknown[] = []
	for (const error of [new Refusal('disk_full', 'The disk is full.'), fault]) {
		const { asked, submit } = writerWith(new Map([['EraseAddresses', error]]))
		const chores = startChores({ submit }, (failure) => failures.push(failure))
		await nextTurn()
		chores.stop()
		t.same(asked, ['EraseAddresses', 'ErasePresenceTexts', 'EraseSanctionTexts', 'FinishErasing'])
	}
	t.same(failures, [fault])
})
