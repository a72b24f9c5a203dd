import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type EventShapes, type EventType, type NewEvent, schemaVersions } from '../src/events/catalogue.ts'
import { directStream } from '../src/events/direct.ts'
import type { AppendableEvent, EventLog, Position } from '../src/events/log.ts'
import { openLogForWriting } from '../src/events/sqlite-log.ts'
import { hashSecret, newSecret } from '../src/http/auth/secrets.ts'
import { digestOfName } from '../src/projections/users.ts'

/** What somebody needs who comes back to a house that others have lived in. */
export interface LivedIn {
	token: string
	/** The rooms that have a name, of the fifty that the person is in. */
	rooms: readonly string[]
	/** A sequence in the middle of the history of each. */
	middle: number
	/** The last hundred messages that the person may see come after it. */
	hundredBack: Position
}

const roomCount = 45
const directCount = 5
/** Private ones, of other people. */
const otherRoomCount = 50
const peopleCount = 40
/** Of each room, besides the person who comes back. */
const membersARoom = 9
const unreadARoom = 10
/** What happened since the person was last there is the same in every house. */
const sinceThen = 800

/**
 * Writes a new log as a server would have: of people who talk in rooms, call upon each other, edit,
 * react, delete and read, for so many events. Whatever their number, the person who comes back is in the
 * same rooms and has missed the same.
 */
export async function fillLivedIn(directory: string, events: number): Promise<LivedIn> {
	mkdirSync(directory, { recursive: true })
	const log = openLogForWriting(join(directory, 'log.db'))
	try {
		const house = new House(log)
		const token = newSecret('token')
		await house.moveIn(token)
		for (let turn = 0; house.position < events - sinceThen; turn += 1) await house.live(turn, house.all)
		await house.readAll()
		// In each room one message calls upon the person.
		for (let turn = 0; turn < unreadARoom * house.own.length; turn += 1) {
			await house.post(turn, house.own, turn % unreadARoom === Math.floor(turn / house.own.length) ? [me] : [], me)
			if (turn % 5 === 0) await house.post(turn, house.others, [], me)
		}
		for (let turn = 0; house.position < events; turn += 1) await house.react(turn)
		await house.flush()
		const named = house.own.filter(({ slug }) => slug !== undefined)
		const middle = Math.ceil(Math.min(...named.map(({ sequence }) => sequence)) / 2)
		return { token, rooms: named.map(({ slug }) => slug as string), middle, hundredBack: house.hundredBack }
	} finally {
		log.close()
	}
}

interface Place {
	streamId: string
	/** Absent: a direct conversation. */
	slug?: string
	memberIds: readonly string[]
	sequence: number
	/** Its newest message, until that is deleted. */
	newest?: { messageId: string; sequence: number; userId: string; texts: Position[] }
}

const people = Array.from({ length: peopleCount }, (_, i) => userId(i + 1))
const me = userId(0)

class House {
	readonly own: readonly Place[]
	readonly others: readonly Place[]
	readonly all: readonly Place[]
	/** Of the last event, also of one that is not appended yet. */
	position = 0
	readonly #log: EventLog
	#batch: AppendableEvent[] = []
	#erases: Position[] = []
	/** Where the messages are that the person may see. */
	readonly #seen: Position[] = []
	#messages = 0

	constructor(log: EventLog) {
		this.#log = log
		const rooms = Array.from({ length: roomCount }, (_, i) => room(i === 0 ? 'general' : `room-${i}`, i, [me]))
		const directs = people.slice(0, directCount).map((other): Place => {
			return { streamId: directStream(me, other), memberIds: [me, other], sequence: 0 }
		})
		this.own = [...rooms, ...directs]
		this.others = Array.from({ length: otherRoomCount }, (_, i) => room(`other-${i}`, roomCount + i, []))
		// Four in five messages are in rooms of the person.
		this.all = [...this.own, ...this.own, ...this.own, ...this.own, ...this.others]
	}

	get hundredBack(): Position {
		return (this.#seen.at(-100) as Position) - 1
	}

	/** Accounts, rooms and who belongs to them. */
	async moveIn(token: string): Promise<void> {
		for (const [index, id] of [me, ...people].entries()) {
			const name = index === 0 ? 'me' : `person-${index}`
			const data = {
				userId: id,
				nameDigest: digestOfName(name, this.#log.logId),
				role: index === 0 ? 'owner' : 'member',
			} as const
			await this.#add({ streamId: id, type: 'UserJoined', data, body: { name } })
		}
		const issued = { userId: me, tokenId: 'token', secretHash: hashSecret(token), scope: 'full' } as const
		await this.#add({ streamId: me, type: 'TokenIssued', data: issued, body: { label: '' } })
		for (const { streamId, slug, memberIds } of [...this.own, ...this.others]) {
			if (slug === undefined) {
				const userIds = memberIds as [string, string]
				await this.#add({ streamId, type: 'DirectOpened', data: { userIds }, body: null })
				continue
			}
			const visibility = slug === 'general' ? 'open' : 'private'
			await this.#add({ streamId, type: 'RoomOpened', data: { room: slug, visibility }, body: null })
			for (const userId of memberIds) {
				const data = { room: slug, userId, role: 'member' } as const
				await this.#add({ streamId, type: 'MemberAdded', data, body: null })
			}
		}
	}

	/** Something happens: mostly somebody says something. */
	async live(turn: number, places: readonly Place[]): Promise<void> {
		const place = places[turn % places.length] as Place
		switch (turn % 17) {
			case 3:
				return await this.#edit(place)
			case 7:
			case 11:
				return await this.react(turn)
			case 13:
				return await this.#read(place, memberOf(place, turn), place.sequence)
			case 15:
				return turn % 7 === 0 ? await this.#delete(place) : await this.post(turn, places, [])
			default:
				return await this.post(turn, places, turn % 12 === 0 ? [memberOf(place, turn + 1)] : [])
		}
	}

	/** Somebody says something, but never `except`. */
	async post(turn: number, places: readonly Place[], mentions: readonly string[], except?: string): Promise<void> {
		const place = places[turn % places.length] as Place
		this.#messages += 1
		place.sequence += 1
		const userId = memberOf(place, turn + this.#messages, except)
		const message = { messageId: `01M80W${String(this.#messages).padStart(20, '0')}`, sequence: place.sequence, userId }
		const called = mentions.filter((id) => id !== userId)
		const data = { ...roomIn(place), ...message, ...(called.length === 0 ? {} : { mentions: called }) }
		const body = { content: `a message of the usual length, the ${this.#messages}th of all` }
		const position = await this.#add({ streamId: place.streamId, type: 'MessagePosted', data, body })
		place.newest = { ...message, texts: [position] }
		if (place.memberIds.includes(me)) this.#seen.push(position)
	}

	/** Somebody reacts to what was said last in a room, if they have not yet. */
	async react(turn: number): Promise<void> {
		const place = this.own[turn % this.own.length] as Place
		if (place.newest === undefined) return await this.post(turn, this.own, [])
		const { messageId } = place.newest
		const emoji = ['👍', '🎉', '❤\ufe0f'][turn % 3] as string
		const data = { ...roomIn(place), messageId, userId: memberOf(place, turn), emoji }
		await this.#add({ streamId: place.streamId, type: 'ReactionAdded', data, body: null })
	}

	/** The person has read all that there is. */
	async readAll(): Promise<void> {
		for (const place of this.own) await this.#read(place, me, place.sequence)
	}

	async flush(): Promise<void> {
		const erases = this.#erases
		await this.#log.append(this.position - this.#batch.length, this.#batch, { erases })
		this.#batch = []
		this.#erases = []
	}

	async #edit(place: Place): Promise<void> {
		const { streamId, newest } = place
		if (newest === undefined) return await this.post(0, [place], [])
		const { messageId, sequence, userId } = newest
		const data = { ...roomIn(place), messageId, sequence, userId }
		const body = { content: 'the same in other words' }
		newest.texts.push(await this.#add({ streamId, type: 'MessageEdited', data, body }))
	}

	async #delete(place: Place): Promise<void> {
		const { streamId, newest } = place
		if (newest === undefined) return await this.post(0, [place], [])
		const { messageId, sequence, texts: erases } = newest
		const data = { ...roomIn(place), messageId, sequence, reason: 'author' as const, erases }
		this.#erases.push(...erases)
		delete place.newest
		await this.#add({ streamId, type: 'MessageDeleted', data, body: null })
	}

	async #read(place: Place, userId: string, sequence: number): Promise<void> {
		const { streamId: roomId } = place
		const data = { ...roomIn(place), roomId, userId, sequence }
		await this.#add({ streamId: `reads-${roomId}-${userId}`, type: 'ReadMarkerMoved', data, body: null })
	}

	async #add<Type extends EventType>(event: {
		streamId: string
		type: Type
		data: EventShapes[Type]['data']
		body: EventShapes[Type]['body']
	}): Promise<Position> {
		this.position += 1
		this.#batch.push({
			...(event as NewEvent),
			eventId: `lived-${this.position}`,
			schemaVersion: schemaVersions[event.type],
			recordedAt: 1_790_000_000_000 + this.position,
			metadata: { actor: 'system' },
		})
		if (this.#batch.length === batchEvents) await this.flush()
		return this.position
	}
}

const batchEvents = 2_000

function room(slug: string, number: number, memberIds: readonly string[]): Place {
	const members = Array.from({ length: membersARoom }, (_, i) => people[(number + i) % people.length] as string)
	return { streamId: `room-${ulid(number)}`, slug, memberIds: [...memberIds, ...members], sequence: 0 }
}

function roomIn({ slug }: Place): { room?: string } {
	return slug === undefined ? {} : { room: slug }
}

/** One of those who are in a room; not that one. */
function memberOf({ memberIds }: Place, number: number, except?: string): string {
	const members = memberIds.filter((id) => id !== except)
	return members[number % members.length] as string
}

function userId(number: number): string {
	return `user-${ulid(number)}`
}

function ulid(number: number): string {
	return `01M80VQ${String(number).padStart(19, '0')}`
}
