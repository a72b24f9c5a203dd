import t from 'tap'
import { listRooms } from '../../src/projections/rooms.ts'
import { directOpened, roomOpened } from '../helpers/events.ts'
import { withViews } from '../helpers/specification.ts'

t.test('rooms are listed by their names, and conversations are not even looked at', async (t) => {
	const events = [roomOpened('b', 'room-B'), directOpened('user-ada', 'user-bob'), roomOpened('a', 'room-A')]
	const { slugs, plan } = withViews(events, (views) => {
		let sql = ''
		const watched = Object.assign(Object.create(views), {
			all(asked: string, ...values: unknown[]) {
				sql = asked
				return views.all(asked, ...values)
			},
		})
		const slugs = listRooms(watched).map(({ slug }) => slug)
		const plan = views.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => detail)
		return { slugs, plan }
	})
	t.same(slugs, ['a', 'b'])
	t.match(plan, [/^SEARCH rooms USING INDEX rooms_slug_unique/])
	t.equal(plan.length, 1)
})
