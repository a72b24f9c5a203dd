import { join } from 'node:path'
import t from 'tap'
import { system } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import { addressesErasedMax, addressesKeptMs } from '../../src/commands/limits.ts'
import { Sequencer } from '../../src/commands/sequencer.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { auditedBefore } from '../../src/projections/audit.ts'
import { openViewsForWriting } from '../../src/projections/views.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { filesHolding } from '../helpers/files.ts'

t.test('addresses are in no file thirty days later, and the audit lists what happened still', async (t) => {
	const directory = temporaryDirectory(t)
	const log = openLogForWriting(join(directory, 'log.db'))
	const views = openViewsForWriting(join(directory, 'views.db'), log.logId, log.fingerprintAt(0) as string)
	t.teardown(() => {
		views.close()
		log.close()
	})
	const start = 1_790_000_000_000
	let now = start
	let count = 0
	const sequencer = new Sequencer(log, views, () => now)
	const run = async (...commands: Command[]) =>
		await sequencer.run(commands.map((command) => ({ id: `command-${++count}`, actor: system, command })))
	const attempt = (agent: string): Command => ({
		type: 'RecordAttempt',
		attempt: 'sign-in',
		address: '192.0.2.77',
		agent,
	})

	await run(
		{ type: 'OpenRoom', room: 'general' },
		{ type: 'AddUser', name: 'ada', role: 'owner', passwordHash: 'the hash', tokenHash: 'first' },
	)
	const passwordPosition =
		log.read({ after: 0, through: 9, limit: 9 }).find(({ type }) => type === 'PasswordSet')?.position ?? 0
	const userId = 'user-command-2'
	const canary = { address: '192.0.2.77', agent: 'canary' }
	await run({ type: 'OpenSession', userId, passwordPosition, secretHash: 'old', ...canary })
	await run(...Array.from({ length: addressesErasedMax }, () => attempt('canary')))
	const old = log.head().position
	now = start + addressesKeptMs - 1
	await run({
		type: 'OpenSession',
		userId,
		passwordPosition,
		secretHash: 'new',
		address: '192.0.2.88',
		agent: 'yesterday',
	})
	t.match(await run({ type: 'EraseAddresses' }), [{ done: true, position: undefined }], 'not a moment too soon')
	t.not(filesHolding(directory, 'canary').length, 0)

	now = start + addressesKeptMs + 1
	const erased = [...(await run({ type: 'EraseAddresses' })), ...(await run({ type: 'EraseAddresses' }))]
	t.match(erased, [{ position: old + 2 }, { position: old + 3 }], 'so many at a time')
	t.match(await run({ type: 'EraseAddresses' }), [{ done: true, position: undefined }], 'and then none is left')

	for (const files of [log, views]) t.ok(files.tidy({ isIdle: true }))
	t.same(filesHolding(directory, 'canary'), [])
	t.same(filesHolding(directory, '192.0.2.77'), [])
	t.not(filesHolding(directory, 'yesterday').length, 0, 'what is younger stays')
	const entries = auditedBefore(views, Number.MAX_SAFE_INTEGER, 1_000).map((position) => log.at(position))
	const recorded = entries.filter((event) => event?.type === 'SessionOpened' || event?.type === 'AttemptRefused')
	t.equal(recorded.length, addressesErasedMax + 2)
	t.equal(recorded.filter((event) => event?.body === null).length, addressesErasedMax + 1)
	t.match(recorded[0], { type: 'SessionOpened', body: { agent: 'yesterday' } })
})
