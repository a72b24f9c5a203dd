import { type Actor, guestNamed, type Person, system, type User } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import { isDirect, otherIn } from '../../src/events/direct.ts'
import { listTokens } from '../../src/projections/credentials.ts'
import { Names } from '../../src/projections/names.ts'
import { listRooms, type Room } from '../../src/projections/rooms.ts'
import { listUsers } from '../../src/projections/users.ts'
import type { Views } from '../../src/projections/views.ts'
import type { Writing } from './sequencer.ts'

/** What is chosen for a deed: by numbers, among what there is when it is done. */
export interface Choice {
	who: number
	which: number
	how: number
	text: string
	key: string | undefined
}

/** A command, and who asks for it. */
export interface Asked {
	actor: Actor
	command: Command
	key?: string | undefined
}

/** What there is. */
export interface House {
	views: Views
	nowMs: number
	guests: Person[]
	/** Those with accounts. */
	users: User[]
	people: Person[]
	rooms: Room[]
	/** Those that have a text. */
	messages: { roomId: string; messageId: string; authorId: string }[]
	nameOf(userId: string): string
}

export interface Deed {
	/** How often it is done, beside the others. */
	weight: number
	/** `unique` occurs in no other deed. */
	ask(house: House, choice: Choice, unique: string): Asked
}

export function lookAround({ views, log, nowMs }: Writing): House {
	const { of: nameOf } = new Names(views, log)
	const guests = ['ada', 'bob', 'cid'].map((name) => guestNamed(name, views.logId))
	const users = listUsers(views).map(({ userId, role }): User => {
		const id = listTokens(views, userId).at(-1)?.tokenId ?? 'none'
		return { kind: 'user', userId, name: nameOf(userId), role, credential: { kind: 'token', id, scope: 'full' } }
	})
	const kept =
		'SELECT room_id AS roomId, message_id AS messageId, author_id AS authorId FROM messages WHERE erased IS NULL'
	return {
		views,
		nowMs,
		guests,
		users,
		people: [...guests, ...users],
		rooms: listRooms(views),
		messages: views.all(`${kept} ORDER BY position`),
		nameOf,
	}
}

/** Rooms that there are, or could be. */
export const slugs: readonly string[] = [
	...Array(9).fill('general'),
	...Array(7).fill('random'),
	'third',
	'third',
	'fourth',
	'No Room',
]

/** One of them by a number; now and then none. */
export function pick<One>(list: readonly One[], number: number): One | undefined {
	return number % 10 === 9 ? undefined : list[Math.floor(number / 10) % list.length]
}

/** One of them by a number. */
export function among<One>(list: readonly One[], number: number): One {
	return list[number % list.length] as One
}

export function nameOfSomebody(house: House, userId: string): string {
	return house.people.find((person) => person.userId === userId)?.name ?? 'nobody'
}

/** Somebody by their id; the server, where that is nobody here. */
export function actorOf({ people }: House, userId: string | undefined): Actor {
	return people.find((person) => person.userId === userId) ?? system
}

/** Somebody with an account. Where nobody has one, it is a guest who tries. */
export function userIn({ users, guests }: House, number: number): Person {
	return among(users.length > 0 ? users : guests, number)
}

/** What somebody calls a room or conversation. */
export function calledBy({ userId }: Actor, { rooms, nameOf }: House, roomId: string | undefined): string {
	if (roomId !== undefined && isDirect(roomId)) return `@${nameOf(otherIn(roomId, userId))}`
	return rooms.find((room) => room.roomId === roomId)?.slug ?? 'general'
}

export function byServer(command: Command): Asked {
	return { actor: system, command }
}
