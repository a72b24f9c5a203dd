import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import type { RecordedEvent } from '../../src/events/log.ts'
import { project, projections } from '../../src/projections/projector.ts'
import { openViewsForWriting } from '../../src/projections/views.ts'

/**
 * What these projections make of the golden log, each in the table of its name. A hash that changes while its version does not is a
 * mistake: views that are on somebody's disk would go on holding what the old code made. Raise the
 * projection's version, then put the new hash here.
 */
const expected: Record<string, { version: number; hash: string }> = {
	rooms: { version: 2, hash: '93e749ac26fcd9d9' },
	members: { version: 1, hash: '47d2bac2033b6494' },
	messages: { version: 1, hash: '23bd7d654eedb65a' },
	users: { version: 1, hash: '2f91b48ca586cb69' },
	sessions: { version: 1, hash: 'afa7c17936696bd7' },
	tokens: { version: 1, hash: '0a4359d05ee32782' },
	invitations: { version: 1, hash: '9caed3156f8f43ca' },
	presences: { version: 1, hash: '121d0443b84564c9' },
	visitors: { version: 1, hash: '7660a639cee22ef0' },
	audit: { version: 1, hash: 'eca4e2c85cccbfa8' },
	addresses: { version: 1, hash: 'ca1866e90c15337e' },
}

const golden = readFileSync(new URL('../fixtures/golden-log.ndjson', import.meta.url), 'utf8')
	.trim()
	.split('\n')
	.map((line) => JSON.parse(line) as RecordedEvent)

t.test('the golden log gives the same rows as ever, or the projection has a new version', async (t) => {
	const views = openViewsForWriting(':memory:', 'golden', '')
	for (const event of golden) project(views, event)

	const actual = projections.map(({ name, version }) => {
		const rows = views.all<Record<string, unknown>>(`SELECT * FROM ${name}`)
		rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
		t.not(rows.length, 0, `${name} has rows, so that its hash says something`)
		const hash = createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 16)
		return [name, { version, hash }]
	})

	t.same(Object.fromEntries(actual), expected)
})
