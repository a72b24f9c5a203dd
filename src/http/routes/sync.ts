import type { FastifyInstance } from 'fastify'
import type { Person } from '../../commands/actor.ts'
import { can } from '../../commands/policy.ts'
import { rightsInAll } from '../../commands/rooms.ts'
import { formatCursor } from '../../events/cursor.ts'
import { listPresences } from '../../projections/presence.ts'
import { findUser, type User } from '../../projections/users.ts'
import type { OwnProfile, SyncAnswer } from '../../protocol/answers.ts'
import { personOf } from '../access.ts'
import { toldLimits } from '../limits.ts'
import type { Services } from '../services.ts'
import { noQuery } from '../validation.ts'
import { presenceAnswers } from './presence.ts'
import { byName, roomRows } from './room-answers.ts'
import { roomsIn } from './streams.ts'
import { userAnswer } from './users.ts'
import { wholeRoomAnswers, wholeRoomRows } from './whole-rooms.ts'

/**
 * All that a client needs to draw itself, of one snapshot: a stream of all its rooms after the cursor goes
 * on from there. What it costs depends on the rooms of who asks, and not on what was said in them.
 */
export function syncRoutes(app: FastifyInstance, services: Services): void {
	const { views, delivery } = services
	const rowOf = (person: Person) => roomRows(services, rightsInAll(views, person, Date.now()), person)

	app.get('/sync', { config: { policy: 'look-around' } }, async (request): Promise<SyncAnswer> => {
		noQuery(request.query)
		const person = personOf(request)
		const { user, rows, present, ...moment } = views.snapshot((checkpoint) => ({
			user: person.kind === 'user' ? findUser(views, person.userId) : undefined,
			rows: wholeRoomRows(services, roomsIn(views, person), rowOf(person)),
			present: can(person, { action: 'see-presence' }) ? listPresences(views) : undefined,
			cursor: formatCursor(checkpoint),
			position: checkpoint.position,
		}))
		const rooms = (await wholeRoomAnswers(services, rows, person)).sort(byName)
		const presence = present && { users: await presenceAnswers(services, present) }
		return {
			protocol: 1,
			user: profile(services, person, user),
			rooms,
			...moment,
			...(presence && { presence }),
			limits: toldLimits,
			heartbeatMs: delivery.heartbeatMs,
		}
	})
}

function profile(services: Services, person: Person, user: User | undefined): OwnProfile {
	if (user === undefined) return { name: person.name, displayName: person.name, role: 'guest' }
	const { name, displayName, role } = userAnswer(services, user)
	return { name, displayName, role }
}
