import t from 'tap'
import type { NewEvent } from '../../src/events/catalogue.ts'
import { directStream } from '../../src/events/direct.ts'
import { auditedBefore } from '../../src/projections/audit.ts'
import { directOpened, generalId, roomOpened } from '../helpers/events.ts'
import { withViews } from '../helpers/specification.ts'

function cleared(streamId: string, reason: 'moderator' | 'retention', room?: string): NewEvent {
	const what = { after: 0, through: 1, reason, erases: [1] }
	return { streamId, type: 'HistoryCleared', data: { ...(room === undefined ? {} : { room }), ...what }, body: null }
}

t.test(
	'the audit has what somebody clears in a room, not what it loses in time, and nothing of a conversation',
	async (t) => {
		const events = [
			roomOpened(),
			directOpened('user-ada', 'user-bob'),
			cleared(directStream('user-ada', 'user-bob'), 'retention'),
			cleared(generalId, 'moderator', 'general'),
			cleared(generalId, 'retention', 'general'),
		]
		t.same(
			withViews(events, (views) => auditedBefore(views, Number.MAX_SAFE_INTEGER, 10)),
			[4, 1],
		)
	},
)
