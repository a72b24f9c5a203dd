import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { system } from '../src/commands/actor.ts'
import { startWriter } from '../src/commands/writer.ts'
import { openLogForReading } from '../src/events/sqlite-log.ts'
import { Identities } from '../src/http/auth/identities.ts'
import { hashSecret, newSecret } from '../src/http/auth/secrets.ts'
import { Uses } from '../src/http/auth/uses.ts'
import { viewsPath } from '../src/projections/files.ts'
import { Names } from '../src/projections/names.ts'
import { openViewsForReading } from '../src/projections/views.ts'
import { median, quantile } from './load.ts'

const people = 1_000
const turns = 300
const postsATurn = 16

/** What it costs to know who sends a request, while others post. */
export async function benchAuthenticate(): Promise<string[]> {
	const directory = mkdtempSync(join(tmpdir(), 'tailroom-bench-'))
	let identities: Identities | undefined
	const writer = await startWriter(
		{ directory },
		{
			headMoved: (concerned) => identities?.forget(concerned),
			viewsReplaced() {},
			failed: (error) => {
				throw error
			},
		},
	)
	const log = openLogForReading(join(directory, 'log.db'))
	const views = openViewsForReading(viewsPath(directory))
	const { of: nameOf } = new Names(views, log)
	const uses = new Uses(log, writer)
	identities = new Identities({ log, views, nameOf, uses, config: { guests: false, publicUrl: undefined } })

	const tokens = Array.from({ length: people }, () => newSecret('token'))
	await Promise.all(
		tokens.map((token, i) =>
			writer.submit(system, { type: 'AddUser', name: `person-${i}`, role: 'member', tokenHash: hashSecret(token) }),
		),
	)
	const callers = tokens.map((token) => ({ authorization: `Bearer ${token}` }))
	const authenticateAll = () => {
		const startedAt = performance.now()
		for (const headers of callers) identities.authenticate(headers)
		return ((performance.now() - startedAt) * 1_000) / people
	}
	const actor = identities.authenticate(callers[0] ?? {})
	const known: number[] = []
	const again: number[] = []
	const posts: Promise<unknown>[] = []
	for (let turn = 0; turn < turns; turn++) {
		for (let n = 0; n < postsATurn; n++) {
			posts.push(
				writer.submit(actor, { type: 'PostMessage', room: 'general', content: 'something of the usual length' }),
			)
		}
		// Now and then the views are built anew, after which everybody is looked up once.
		if (turn % 10 === 0) identities.forgetAll()
		const first = authenticateAll()
		if (turn % 10 === 0) again.push(first)
		known.push(authenticateAll())
		await nextTurn()
	}
	await Promise.all(posts)
	uses.stop()
	await writer.stop()
	views.close()
	log.close()
	rmSync(directory, { recursive: true })
	return [
		`one of ${people} tokens, while others post: ${figure(known)}`,
		`the same, when nothing is known of them: ${figure(again)}`,
	]
}

function figure(microseconds: readonly number[]): string {
	return `${median(microseconds).toFixed(2)} µs (p99 ${quantile(microseconds, 0.99).toFixed(2)} µs)`
}
