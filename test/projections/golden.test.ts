import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import type { RecordedEvent } from '../../src/events/log.ts'
import { project, projections } from '../../src/projections/projector.ts'
import { openViewsForWriting } from '../../src/projections/views.ts'

/**
 * What these projections make of the golden log. A hash that changes while its version does not is a
 * mistake: views that are on somebody's disk would go on holding what the old code made. Raise the
 * projection's version, then put the new hash here.
 */
const expected: Record<string, { version: number; table: string; hash: string }> = {
	rooms: { version: 1, table: 'rooms', hash: 'cdfa6542e06d8b22' },
	messages: { version: 1, table: 'messages', hash: '46bf37d3da8eab4f' },
	presences: { version: 1, table: 'presences', hash: '7daaa48cf5a763e9' },
	visitors: { version: 1, table: 'visitors', hash: '1efadb36c163b06d' },
}

const golden = readFileSync(new URL('../fixtures/golden-log.ndjson', import.meta.url), 'utf8')
	.trim()
	.split('\n')
	.map((line) => JSON.parse(line) as RecordedEvent)

t.test('the golden log gives the same rows as ever, or the projection has a new version', async (t) => {
	const views = openViewsForWriting(':memory:', 'golden', '')
	for (const event of golden) project(views, event)

	const actual = projections.map(({ name, version }) => {
		const table = expected[name]?.table ?? name
		const rows = views.all<Record<string, unknown>>(`SELECT * FROM ${table} ORDER BY 1, 2`)
		t.not(rows.length, 0, `${table} has rows, so that its hash says something`)
		const hash = createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 16)
		return [name, { version, table, hash }]
	})

	t.same(Object.fromEntries(actual), expected)
})
