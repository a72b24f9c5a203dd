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
	rooms: { version: 4, hash: 'c38ef78e0304d8ff' },
	read_markers: { version: 2, hash: '27d363ca76f93810' },
	past_members: { version: 1, hash: '8288db08399e8373' },
	members: { version: 2, hash: 'b289c6e6025631f5' },
	messages: { version: 2, hash: '56f6ffe59ac52f33' },
	edits: { version: 1, hash: '6b1752b41ae78762' },
	reactions: { version: 1, hash: 'e775488ec5753b53' },
	mentions: { version: 1, hash: '54273a6a64368ed1' },
	sanctions: { version: 3, hash: '5f3d3d7180917c09' },
	sanction_texts: { version: 1, hash: '4de1c4e7ea4cf0f5' },
	users: { version: 2, hash: '3b99cbbd93e4ef8f' },
	personal_texts: { version: 3, hash: 'f93453350da1b306' },
	written_texts: { version: 1, hash: '12a5a730ca399090' },
	sessions: { version: 2, hash: 'afa7c17936696bd7' },
	tokens: { version: 2, hash: '0a4359d05ee32782' },
	hooks: { version: 1, hash: '5fa54dd66df234c1' },
	webhooks: { version: 1, hash: '71e89ba29ca3acdf' },
	invitations: { version: 2, hash: '9caed3156f8f43ca' },
	presences: { version: 2, hash: 'f2170aaf949a21cd' },
	visitors: { version: 2, hash: 'f63b51e0d3d0eb24' },
	presence_texts: { version: 1, hash: '000f5ff8671c708a' },
	audit: { version: 7, hash: '7de1d847ad3b931c' },
	addresses: { version: 2, hash: 'ca1866e90c15337e' },
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
