import t, { type Test } from 'tap'
import type { NewEvent } from '../../src/events/catalogue.ts'
import type { RecordedEvent } from '../../src/events/log.ts'
import { project } from '../../src/projections/projector.ts'
import {
	countSanctions,
	findSanctions,
	holds,
	listSanctions,
	listSanctionsOf,
} from '../../src/projections/sanctions.ts'
import { openViewsForWriting, type Views } from '../../src/projections/views.ts'
import { appendable, generalId } from '../helpers/events.ts'
import { banLifted, muteLifted, personBanned, personMuted } from '../helpers/sanction-events.ts'

/** Views of these events, of which the n-th was recorded at the time n. */
function viewsOf(t: Test, ...events: NewEvent[]): Views {
	const views = openViewsForWriting(':memory:', 'a log', '')
	t.teardown(() => views.close())
	for (const [index, event] of events.entries()) {
		const position = index + 1
		project(views, { ...appendable(event, { recordedAt: position }), position, fingerprint: '' } as RecordedEvent)
	}
	return views
}

const shown = ({ userId, kind, position, untilMs }: ReturnType<typeof findSanctions>[0]) =>
	`${kind} of ${userId} by ${position} until ${untilMs}`

t.test('there is one of each kind against somebody, the last one that was said', async (t) => {
	const views = viewsOf(
		t,
		personBanned('ada', { untilMs: 100 }),
		personMuted('ada'),
		personBanned('ada'),
		personMuted('bob', { untilMs: 100 }),
		personBanned('ada', { room: 'den', roomId: 'room-D' }),
	)
	t.same(findSanctions(views, generalId, 'ada').map(shown).sort(), [
		'ban of ada by 3 until null',
		'mute of ada by 2 until null',
	])
	t.same(listSanctions(views, generalId, 'mute').map(shown), [
		'mute of ada by 2 until null',
		'mute of bob by 4 until 100',
	])
	t.same(
		listSanctionsOf(views, 'ada')
			.map(({ roomId, kind }) => `${kind} ${roomId}`)
			.sort(),
		['ban room-D', `ban ${generalId}`, `mute ${generalId}`],
	)
	t.equal(countSanctions(views, generalId, 'mute', 99), 2)
	t.equal(countSanctions(views, generalId, 'mute', 100), 1)
})

t.test('each is lifted by itself', async (t) => {
	const both = [personBanned('ada'), personMuted('ada')]
	t.same(findSanctions(viewsOf(t, ...both, banLifted('ada')), generalId, 'ada').map(shown), [
		'mute of ada by 2 until null',
	])
	t.same(findSanctions(viewsOf(t, ...both, muteLifted('ada')), generalId, 'ada').map(shown), [
		'ban of ada by 1 until null',
	])
})

t.test('what is over goes when somebody else is banned or muted, so that no more is kept than holds', async (t) => {
	const over = [
		personBanned('ada', { untilMs: 4 }),
		personMuted('bob', { untilMs: 5 }),
		personBanned('cid', { untilMs: 3, room: 'den', roomId: 'room-D' }),
	]
	const views = viewsOf(t, ...over, personMuted('dan'))
	t.same(listSanctions(views, generalId, 'ban'), [])
	t.same(listSanctions(views, generalId, 'mute').map(shown), [
		'mute of bob by 2 until 5',
		'mute of dan by 4 until null',
	])
	t.equal(listSanctions(views, 'room-D', 'ban').length, 1, 'in that room')
})

t.test('it holds until its end and no longer', async (t) => {
	const [ban] = findSanctions(viewsOf(t, personBanned('ada', { untilMs: 100 })), generalId, 'ada')
	const [forGood] = findSanctions(viewsOf(t, personBanned('ada')), generalId, 'ada')
	if (ban === undefined || forGood === undefined) return t.fail('there is no ban')
	t.ok(holds(ban, 99))
	t.notOk(holds(ban, 100))
	t.ok(holds(forGood, Number.MAX_SAFE_INTEGER))
})
