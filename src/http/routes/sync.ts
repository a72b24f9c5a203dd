import type { FastifyInstance } from 'fastify'
import type { Person } from '../../commands/actor.ts'
import { can } from '../../commands/policy.ts'
import { rightsInAll } from '../../commands/rooms.ts'
import { formatCursor } from '../../events/cursor.ts'
import { countMembers, listMembers } from '../../projections/members.ts'
import { listPresences } from '../../projections/presence.ts'
import { findUser } from '../../projections/users.ts'
import { personOf } from '../access.ts'
import { syncMembersInAllMax, syncMembersMax, toldLimits } from '../limits.ts'
import type { Services } from '../services.ts'
import { noQuery } from '../validation.ts'
import { presenceAnswers } from './presence.ts'
import { byName, calledBy, roomAnswer } from './rooms.ts'
import { roomsIn } from './streams.ts'
import { userAnswer } from './users.ts'

/**
 * All that a client needs to draw itself, of one snapshot: a stream of all its rooms after the cursor goes
 * on from there. What it costs depends on the rooms of who asks, and not on what was said in them.
 */
export function syncRoutes(app: FastifyInstance, services: Services): void {
	const { views, delivery } = services
	app.get('/sync', { config: { policy: 'look-around' } }, async (request) => {
		noQuery(request.query)
		const person = personOf(request)
		const { present, ...read } = views.snapshot((checkpoint) => ({
			user: profile(services, person),
			rooms: roomsOf(services, person),
			present: can(person, { action: 'see-presence' }) ? listPresences(views) : undefined,
			cursor: formatCursor(checkpoint),
			position: checkpoint.position,
		}))
		const presence = present && { users: await presenceAnswers(services, present) }
		const { heartbeatMs } = delivery
		return { protocol: 1, ...read, ...(presence && { presence }), limits: toldLimits, heartbeatMs }
	})
}

function profile(services: Services, person: Person) {
	const user = person.kind === 'user' ? findUser(services.views, person.userId) : undefined
	if (user === undefined) return { name: person.name, displayName: person.name, role: 'guest' }
	const { name, displayName, role } = userAnswer(services, user)
	return { name, displayName, role }
}

/** Those that somebody is in, with who else is, as far as they are few. */
function roomsOf(services: Services, person: Person) {
	const { views, nameOf, readMarkers } = services
	const { userId } = person
	const rightsOf = rightsInAll(views, person, Date.now())
	let told = 0
	return roomsIn(views, person)
		.map((room) => calledBy(nameOf, room, userId))
		.sort(byName)
		.map((room) => {
			const { roomId } = room
			const memberCount = countMembers(views, roomId)
			const areFew = memberCount <= syncMembersMax && told + memberCount <= syncMembersInAllMax
			if (areFew) told += memberCount
			const members = () => listMembers(views, roomId).map(({ userId, role }) => ({ userId: nameOf(userId), role }))
			const read = readMarkers.of(roomId, userId)
			return {
				...roomAnswer(services, room, rightsOf(room), person),
				...(read === undefined ? {} : { read }),
				memberCount,
				...(areFew ? { members: members() } : {}),
			}
		})
}
