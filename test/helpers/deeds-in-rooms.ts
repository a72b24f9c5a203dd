import { type Actor, system } from '../../src/commands/actor.ts'
import { isDirect, peopleIn } from '../../src/events/direct.ts'
import { listMembers } from '../../src/projections/members.ts'
import { listDirects, type Room } from '../../src/projections/rooms.ts'
import {
	type Asked,
	actorOf,
	among,
	byServer,
	type Choice,
	calledBy,
	type Deed,
	type House,
	nameOfSomebody,
	pick,
	slugs,
	userIn,
} from './deed.ts'

/** Something that is done to a message by somebody who sees it. */
function aboutMessage(house: House, { who, which }: Choice) {
	const message = pick(house.messages, which)
	const isPrivate = message !== undefined && isDirect(message.roomId)
	const actor = isPrivate ? actorOf(house, among(peopleIn(message.roomId), who)) : among(house.people, who)
	return { actor, room: calledBy(actor, house, message?.roomId), messageId: message?.messageId ?? 'no message' }
}

/** Something that is done to a message by who wrote it and has an account. */
function aboutOwnMessage(house: House, { which }: Choice) {
	const message = pick(
		house.messages.filter(({ authorId }) => authorId.startsWith('user-')),
		which,
	)
	const actor = actorOf(house, message?.authorId)
	return { actor, room: calledBy(actor, house, message?.roomId), messageId: message?.messageId ?? 'no message' }
}

function membership(house: House, { which }: Choice) {
	const { views, rooms } = house
	const member = pick(
		rooms.flatMap(({ roomId }) => listMembers(views, roomId)),
		which,
	)
	const [userId, room] = [member?.userId ?? '', rooms.find(({ roomId }) => roomId === member?.roomId)?.slug ?? 'third']
	return { actor: actorOf(house, userId), room, name: nameOfSomebody(house, userId) }
}

/** Mostly the number of a message that there is. */
function sequenceIn(room: Room | undefined, number: number): number {
	if (number % 10 === 0) return 0
	return 1 + (number % Math.max(1, room?.sequence ?? 0)) + (number % 10 === 1 ? 1 : 0)
}

function marker(house: House, { who, which, how }: Choice, unread: boolean): Asked {
	const actor = userIn(house, who)
	const room = pick([...house.rooms, ...listDirects(house.views, actor.userId)], which)
	const command = {
		type: 'MoveReadMarker',
		room: calledBy(actor, house, room?.roomId),
		sequence: sequenceIn(room, how),
	} as const
	return { actor, command: unread ? { ...command, unread } : command }
}

/** One of those who govern a room: the server, or a moderator. */
function governorOf(house: House, slug: string, number: number): Actor {
	const sql = `SELECT user_id FROM members JOIN rooms USING (room_id)
		WHERE slug = ? AND role = 'moderator' ORDER BY members.position`
	const moderators = house.views.prepare(sql).pluck().all(slug) as string[]
	return actorOf(house, among([undefined, ...moderators], number))
}

function sanction(type: 'BanPerson' | 'MutePerson', house: House, { who, which, how, text }: Choice): Asked {
	const { people, nowMs } = house
	const ends = among([undefined, undefined, 10, 100, 1_000_000_000], how)
	const until = ends === undefined ? {} : { untilMs: nowMs + ends }
	const against = { room: among(slugs, which), name: among(people, who).name, guests: true } as const
	return { actor: governorOf(house, against.room, how), command: { type, ...against, ...until, reason: text } }
}

function lifting(kind: 'ban' | 'mute', house: House, { which }: Choice): Asked {
	const sql = 'SELECT user_id AS userId, room_id AS roomId FROM sanctions WHERE kind = ? ORDER BY position'
	const held = pick(house.views.all<{ userId: string; roomId: string }>(sql, kind), which)
	const room = calledBy(system, house, held?.roomId)
	const against = { room, name: nameOfSomebody(house, held?.userId ?? ''), guests: true } as const
	return { actor: system, command: { type: kind === 'ban' ? 'LiftBan' : 'LiftMute', ...against } }
}

/** What is done in rooms and conversations. Most of it can be done as it is asked for, some cannot. */
export const deedsInRooms = {
	post: {
		weight: 12,
		ask(house, { who, which, how, text: content, key }) {
			const room = among(slugs, which)
			const roomId = house.rooms.find(({ slug }) => slug === room)?.roomId
			const here = house.messages.filter((message) => message.roomId === roomId)
			const answered = how % 4 === 0 ? { replyTo: pick(here, which)?.messageId ?? 'no message' } : {}
			const actor = among(house.people, who)
			return { actor, command: { type: 'PostMessage', room, content, ...answered }, key }
		},
	},
	'say in private': {
		weight: 4,
		ask(house, { who, which, text: content, key }) {
			const room = `@${userIn(house, which).name}`
			return { actor: userIn(house, who), command: { type: 'PostMessage', room, content }, key }
		},
	},
	edit: {
		weight: 6,
		ask(house, choice) {
			const { actor, ...message } = aboutOwnMessage(house, choice)
			return { actor, command: { type: 'EditMessage', ...message, content: choice.text } }
		},
	},
	delete: {
		weight: 2,
		ask(house, choice) {
			const { actor, ...message } = aboutOwnMessage(house, choice)
			return { actor, command: { type: 'DeleteMessage', ...message } }
		},
	},
	moderate: {
		weight: 1,
		ask(house, choice) {
			const { actor: _, ...message } = aboutMessage(house, choice)
			return byServer({ type: 'DeleteMessage', ...message })
		},
	},
	react: {
		weight: 8,
		ask(house, choice) {
			const { actor, ...message } = aboutMessage(house, choice)
			const emoji = among(['👍', '👍', '👍', '👍', '❤', '❤', '🎉', 'ok'], choice.how)
			return { actor, command: { type: 'React', ...message, emoji, action: 'add' } }
		},
	},
	'take back': {
		weight: 5,
		ask(house, { which }) {
			const standing = house.views.all<{ userId: string; roomId: string; messageId: string; emoji: string }>(
				`SELECT user_id AS userId, room_id AS roomId, message_id AS messageId, emoji
				FROM reactions JOIN messages USING (message_id) WHERE removed_position IS NULL ORDER BY reactions.position`,
			)
			const reaction = pick(standing, which)
			const actor = actorOf(house, reaction?.userId)
			const { messageId, emoji } = reaction ?? { messageId: 'no message', emoji: '👍' }
			const room = calledBy(actor, house, reaction?.roomId)
			return { actor, command: { type: 'React', room, messageId, emoji, action: 'remove' } }
		},
	},
	read: { weight: 4, ask: (house, choice) => marker(house, choice, false) },
	unread: { weight: 2, ask: (house, choice) => marker(house, choice, true) },
	open: {
		weight: 2,
		ask(house, { who, which, how, text: title }) {
			const room = among(['third', 'fourth', 'general', 'No Room'], which)
			const command =
				how % 2 === 0 ? ({ type: 'OpenRoom', room } as const) : ({ type: 'ChangeRoom', room, title } as const)
			return { actor: userIn(house, who), command }
		},
	},
	change: {
		weight: 4,
		ask(house, { who, which, how, text }) {
			const room = among(slugs, which)
			const changes = [
				{ title: text },
				{ topic: text },
				{ visibility: 'private' },
				{ visibility: 'open' },
				{ archived: true },
				{ archived: false },
			] as const
			return { actor: governorOf(house, room, who), command: { type: 'ChangeRoom', room, ...among(changes, how) } }
		},
	},
	keep: {
		weight: 2,
		ask(_house, { which, how }) {
			const limits = [
				{ historyLimit: 2 },
				{ historyTtlMs: 1_000 },
				{ historyLimit: null },
				{ historyTtlMs: null },
			] as const
			return byServer({ type: 'ChangeRoom', room: among(slugs, which), ...among(limits, how) })
		},
	},
	'keep no longer': {
		weight: 4,
		ask: ({ rooms, views, users }, { which }) => {
			const directs = users.flatMap(({ userId }) => listDirects(views, userId))
			return byServer({ type: 'ApplyRetention', roomId: pick([...rooms, ...directs], which)?.roomId ?? 'no room' })
		},
	},
	clear: {
		weight: 2,
		ask(house, { which, how }) {
			const room = pick(house.rooms, which)
			return byServer({ type: 'ClearHistory', room: room?.slug ?? 'third', through: sequenceIn(room, how) })
		},
	},
	add: {
		weight: 3,
		ask(house, { who, which, how }) {
			const role = among([undefined, 'member', 'moderator'] as const, how)
			const command = { type: 'AddMember', room: among(slugs, which), name: userIn(house, who).name } as const
			return byServer({ ...command, ...(role === undefined ? {} : { role }) })
		},
	},
	join: {
		weight: 2,
		ask(house, { who, which }) {
			const actor = userIn(house, who)
			return { actor, command: { type: 'AddMember', room: among(slugs, which), name: actor.name } }
		},
	},
	remove: {
		weight: 1,
		ask(house, choice) {
			const { room, name } = membership(house, choice)
			return byServer({ type: 'RemoveMember', room, name })
		},
	},
	leave: {
		weight: 2,
		ask(house, choice) {
			const { actor, room, name } = membership(house, choice)
			return { actor, command: { type: 'RemoveMember', room, name } }
		},
	},
	ban: { weight: 3, ask: (house, choice) => sanction('BanPerson', house, choice) },
	mute: { weight: 3, ask: (house, choice) => sanction('MutePerson', house, choice) },
	'lift ban': { weight: 3, ask: (house, choice) => lifting('ban', house, choice) },
	'lift mute': { weight: 3, ask: (house, choice) => lifting('mute', house, choice) },
	presence: {
		weight: 4,
		ask({ people }, { who, how }) {
			const person = among(people, who)
			const states = [
				{ state: 'online' },
				{ state: 'away' },
				{ state: 'away', idle: true },
				{ state: 'offline' },
			] as const
			return byServer({ type: 'ChangePresence', person, ...among(states, how) })
		},
	},
	visit: {
		weight: 4,
		ask: ({ people, rooms }, { who, which }) =>
			byServer({ type: 'JoinRoom', person: among(people, who), roomId: pick(rooms, which)?.roomId ?? 'no room' }),
	},
	'end visit': {
		weight: 4,
		ask({ views, people }, { who, which }) {
			const sql = 'SELECT user_id AS userId, room_id AS roomId FROM visitors ORDER BY position'
			const visitor = pick(views.all<{ userId: string; roomId: string }>(sql), which)
			const person = people.find(({ userId }) => userId === visitor?.userId) ?? among(people, who)
			return byServer({ type: 'LeaveRoom', person, roomId: visitor?.roomId ?? 'no room' })
		},
	},
	'forget who was here': { weight: 4, ask: () => byServer({ type: 'ErasePresenceTexts' }) },
	'forget who was banned': { weight: 4, ask: () => byServer({ type: 'EraseSanctionTexts' }) },
} satisfies Record<string, Deed>
