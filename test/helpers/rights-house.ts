import { join } from 'node:path'
import type { Test } from 'tap'
import { startInProcess } from './app.ts'
import { temporaryDirectory } from './directory.ts'
import { type Answer, type AnswerRequest, ask, askJson } from './http.ts'
import { type Account, addMember, addPerson, password, putRoom, setUp, signIn } from './people.ts'
import { type Caller, callers, type RoomKind, roomKinds } from './rights-expected.ts'

/** A room of the matrix. */
export interface Place {
	kind: RoomKind
	/** Each name is as long as all others. */
	name: string
	messageId: string
}

/**
 * What a call that changes a room finds in it: nothing (`fresh`), the other one (`joined`), a message of
 * the founder (`heard`) or of the caller (`said`).
 */
export type Need = 'fresh' | 'joined' | 'heard' | 'said'

/** Somebody who tries everything, and how. */
export interface Visitor {
	caller: Caller
	person: Account | undefined
	ask(method: string, path: string, body?: object): Promise<Answer>
	/** What a WebSocket is opened with. */
	headers: Record<string, string>
}

/** A server with its founder, where everything that a call needs is made. */
export class House {
	readonly url: string
	readonly guests: boolean
	readonly founder: Account
	/** Somebody who is not the caller. */
	readonly other: Account
	readonly #socketPath: string
	#count = 0

	constructor(url: string, socketPath: string, guests: boolean, founder: Account, other: Account) {
		this.url = url
		this.guests = guests
		this.founder = founder
		this.other = other
		this.#socketPath = socketPath
	}

	/** Who can come to this house. */
	get callers(): readonly Caller[] {
		return callers.filter((caller) => caller !== (this.guests ? 'nobody' : 'guest'))
	}

	newName(of: string): string {
		this.#count += 1
		return `${of}-${String(this.#count).padStart(5, '0')}`
	}

	/** An account for that caller, without which some have to do. */
	async personFor(caller: Caller): Promise<Account | undefined> {
		if (caller === 'guest' || caller === 'nobody' || caller === 'control') return undefined
		const role = caller === 'admin' || caller === 'member' || caller === 'bot' ? caller : 'owner'
		return await addPerson(this.url, this.founder, this.newName(role), role)
	}

	/** Somebody who does nothing but be here. */
	async newPerson(): Promise<string> {
		return (await addPerson(this.url, this.founder, this.newName('person'))).name
	}

	/** A room of that kind for somebody, with the founder's message in it; undefined where nobody like that can be. */
	async place(kind: RoomKind, person: Account | undefined): Promise<Place | undefined> {
		const place = await this.#emptyPlace(kind, person, false)
		return place && (await this.#withMessage(place, this.founder))
	}

	/** What they said themselves; where they can say nothing, what the founder said. */
	async #placeSaid(kind: RoomKind, person: Account | undefined): Promise<Place | undefined> {
		const place = await this.#emptyPlace(kind, person, false)
		const { founder } = this
		return place && (await this.#withMessage(place, kind === 'private, as stranger' ? founder : (person ?? founder)))
	}

	async #withMessage(place: Place, { headers }: Account): Promise<Place> {
		if (place.kind === 'nowhere') return place
		const answer = await askJson(this.url, `/rooms/${place.name}/messages`, { content: 'hi' }, { headers })
		return { ...place, messageId: answer.json.id }
	}

	/** One of each kind. */
	async places(person: Account | undefined): Promise<Place[]> {
		const places = await Promise.all(roomKinds.map((kind) => this.place(kind, person)))
		return places.filter((place) => place !== undefined)
	}

	/** A room of that kind for one call alone, as it needs it; undefined where nobody like that can be. */
	async placeOfItsOwn(kind: RoomKind, person: Account | undefined, need: Need): Promise<Place | undefined> {
		if (need === 'heard') return await this.place(kind, person)
		if (need === 'said') return await this.#placeSaid(kind, person)
		return await this.#emptyPlace(kind, person, need === 'joined')
	}

	/** One of each kind for one call alone. */
	async placesOfItsOwn(person: Account | undefined, need: Need): Promise<Place[]> {
		const places = await Promise.all(roomKinds.map((kind) => this.placeOfItsOwn(kind, person, need)))
		return places.filter((place) => place !== undefined)
	}

	/**
	 * The conversation of somebody, without an account: of the founder, with the other one. In it a message of
	 * theirs (`said`) or of the other one.
	 */
	async conversation(person: Account = this.founder, need?: Need): Promise<Pick<Place, 'name' | 'messageId'>> {
		const { url, other } = this
		const [by, to] = need === 'said' ? [person, other] : [other, person]
		const { json } = await askJson(url, `/rooms/@${to.name}/messages`, { content: 'hi' }, { headers: by.headers })
		return { name: `@${other.name}`, messageId: json.id }
	}

	async #emptyPlace(kind: RoomKind, person: Account | undefined, joined: boolean): Promise<Place | undefined> {
		const [visibility, , standing] = kind.split(/[, ]+/)
		const name = this.newName('room')
		if (visibility === 'nowhere') return { kind, name, messageId: '' }
		if (standing !== 'stranger' && person === undefined) return undefined
		const { url, founder } = this
		await putRoom(url, founder, name, { visibility })
		if (standing !== 'stranger') await addMember(url, founder, name, person?.name ?? '', standing)
		if (joined) await addMember(url, founder, name, 'other')
		return { kind, name, messageId: '' }
	}

	/** Somebody who comes with what a caller of that kind comes with. */
	async visitor(caller: Caller, person: Account | undefined, places: readonly Place[]): Promise<Visitor> {
		const headers = await this.#headersOf(caller, person, places)
		const at = caller === 'control' ? { socketPath: this.#socketPath } : {}
		return {
			caller,
			person,
			headers,
			ask: (method, path, body) => {
				const asked: AnswerRequest = { method, headers, ...at }
				return body === undefined ? ask(this.url, path, asked) : askJson(this.url, path, body, asked)
			},
		}
	}

	async newToken(user: string, limits: { scope?: string; rooms?: string[] } = {}): Promise<string> {
		return (await this.#asAdministration('/tokens', { user, ...limits })).json.id
	}

	async newWebhook(user: string): Promise<string> {
		return (await this.#asAdministration('/webhooks', { user, url: 'https://bot.example.org/' })).json.id
	}

	async newHook(user: string): Promise<{ id: string; secret: string }> {
		const hook = { user, room: 'general', secretInUrl: true }
		return (await this.#asAdministration('/hooks', hook)).json
	}

	async newInvitation(): Promise<string> {
		return (await this.#asFounder('/invites', {})).json.id
	}

	/** Signs somebody in and returns the session's id. A bot cannot, and trying too often is an attack. */
	async newSession(name: string): Promise<string> {
		if (name.startsWith('bot-')) return 'none'
		const { json } = await askJson(this.url, '/sessions', { name, password })
		return json.id
	}

	async #headersOf(caller: Caller, person: Account | undefined, places: readonly Place[]) {
		if (person === undefined) return {}
		switch (caller) {
			case 'bot':
				return { ...person.headers }
			case 'reading token':
				return await this.#bearer(person, { scope: 'read' })
			case 'writing token':
				return await this.#bearer(person, { scope: 'write' })
			case 'token for here': {
				const rooms = places.filter(({ kind }) => kind !== 'nowhere').map(({ name }) => name)
				return await this.#bearer(person, { scope: 'full', rooms })
			}
			case 'token for elsewhere':
				return await this.#bearer(person, { scope: 'full', rooms: ['elsewhere'] })
			default:
				return await signIn(this.url, person.name)
		}
	}

	async #bearer({ name: user }: Account, limits: object): Promise<Record<string, string>> {
		const { json } = await this.#asAdministration('/tokens', { user, ...limits })
		return { Authorization: `Bearer ${json.token}` }
	}

	#asFounder(path: string, body: object): Promise<Answer> {
		return this.#made(path, body, { headers: this.founder.headers })
	}

	/** Only the machine's administration issues tokens to people. */
	#asAdministration(path: string, body: object): Promise<Answer> {
		return this.#made(path, body, { socketPath: this.#socketPath })
	}

	async #made(path: string, body: object, asked: AnswerRequest): Promise<Answer> {
		const answer = await askJson(this.url, path, body, asked)
		if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`)
		return answer
	}
}

/** A house with its founder and one other, stopped with the test. */
export async function openHouse(t: Test, guests: boolean): Promise<House> {
	const directory = join(temporaryDirectory(t), 'data')
	const { url } = await startInProcess(t, { directory, guests })
	const founder = await setUp({ url, directory }, 'founder')
	const other = await addPerson(url, founder, 'other')
	await putRoom(url, founder, 'elsewhere')
	return new House(url, join(directory, 'control.sock'), guests, founder, other)
}
