import type { FastifyInstance } from 'fastify'
import type { Person } from '../../commands/actor.ts'
import { can } from '../../commands/policy.ts'
import { rightsInAll } from '../../commands/rooms.ts'
import { formatCursor } from '../../events/cursor.ts'
import { countMembersIn, listMembersIn, type Member } from '../../projections/members.ts'
import { listPresences } from '../../projections/presence.ts'
import { findUser, type User } from '../../projections/users.ts'
import { personOf } from '../access.ts'
import { syncMembersInAllMax, syncMembersMax, toldLimits } from '../limits.ts'
import { inParts } from '../long-list.ts'
import type { Services } from '../services.ts'
import { noQuery } from '../validation.ts'
import { presenceAnswers } from './presence.ts'
import { byName, type RoomRow, roomAnswer, roomRows } from './rooms.ts'
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
		const { user, rows, present, ...moment } = views.snapshot((checkpoint) => ({
			user: person.kind === 'user' ? findUser(views, person.userId) : undefined,
			rows: rowsOf(services, person),
			present: can(person, { action: 'see-presence' }) ? listPresences(views) : undefined,
			cursor: formatCursor(checkpoint),
			position: checkpoint.position,
		}))
		const rooms = await roomAnswers(services, rows, person)
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

function profile(services: Services, person: Person, user: User | undefined) {
	if (user === undefined) return { name: person.name, displayName: person.name, role: 'guest' }
	const { name, displayName, role } = userAnswer(services, user)
	return { name, displayName, role }
}

interface SyncedRow extends RoomRow {
	memberCount: number
	/** Undefined: there are too many. */
	members: Member[] | undefined
}

/**
 * The rooms that somebody is in, with who else is, as far as they are few. To be read in a snapshot, so in one
 * turn of the loop: of a great many rooms nothing is asked for one by one but what is unread, where something is.
 */
function rowsOf(services: Services, person: Person): SyncedRow[] {
	const { views } = services
	const rooms = roomsIn(views, person)
	const rowOf = roomRows(services, rightsInAll(views, person, Date.now()), person)
	const roomIds = rooms.map(({ roomId }) => roomId)
	const counts = countMembersIn(views, roomIds)
	let told = 0
	const few = roomIds.filter((_roomId, index) => {
		const count = counts[index] as number
		if (count > syncMembersMax || told + count > syncMembersInAllMax) return false
		told += count
		return true
	})
	const areFew = new Set(few)
	const members = listMembersIn(views, few)
	return rooms.map((room, index) => ({
		...rowOf(room),
		memberCount: counts[index] as number,
		members: areFew.has(room.roomId) ? (members.get(room.roomId) ?? []) : undefined,
	}))
}

/** With the names and titles, which lie in the log. */
async function roomAnswers(services: Services, rows: readonly SyncedRow[], person: Person) {
	const { nameOf } = services
	const everybody = rows.flatMap(({ members = [] }) => members)
	const names = new Map(await inParts(everybody, ({ userId }) => [userId, nameOf(userId)] as const))
	const answers = await inParts(rows, (row) => {
		const { read, memberCount, members } = row
		return {
			...roomAnswer(services, row, person),
			...(read === undefined ? {} : { read }),
			memberCount,
			...(members && { members: members.map(({ userId, role }) => ({ userId: names.get(userId), role })) }),
		}
	})
	return answers.sort(byName)
}
