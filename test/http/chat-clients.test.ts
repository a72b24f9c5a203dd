import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { startInProcess } from '../helpers/app.ts'
import { ChatClient, type ShownMessage, type ShownRoom } from '../helpers/chat-client.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { ask, askJson } from '../helpers/http.ts'
import { type Account, addMember, addPerson, putRoom, setUp } from '../helpers/people.ts'

/** One thing that somebody does; which of what there is then is chosen by numbers. */
interface Deed {
	kind: (typeof kinds)[number]
	who: number
	room: number
	which: number
	text: string
}

const kinds = [
	'post',
	'post',
	'post',
	'post',
	'answer',
	'edit',
	'react',
	'read',
	'say in private',
	'edit',
	'edit',
	'delete',
	'react',
	'react',
	'take back',
	'take back',
	'take back',
	'read',
	'read',
	'unread',
	'describe',
	'add',
	'remove',
	'leave',
	'join',
	'clear',
	'ban',
	'lift ban',
	'mute',
	'lift mute',
	'archive',
	'open again',
] as const

const rooms = ['general', 'secret', 'harbour']
/** Of the newest messages in the last of them. */
const keptInHarbour = 4
const texts = ['hello', 'größer 👋', '@bob look', '@dan?', '@room all of you', '@ada and @bob, **now**', 'a\nb']
const emoji = ['👍', '❤️', '🎉']

const deed: fc.Arbitrary<Deed> = fc.record({
	kind: fc.constantFrom(...kinds),
	who: fc.nat(3),
	room: fc.nat(2),
	which: fc.nat(1_000),
	text: fc.constantFrom(...texts),
})

/** What somebody who was away has heard of it: so many bytes of the stream, after each of these deeds. */
const visit = fc.option(fc.integer({ min: 0, max: 3_000 }), { freq: 4 })
const life = fc.array(fc.record({ deed, visit }), { minLength: 60, maxLength: 90, size: 'max' })
/** After so many deeds somebody is erased, with or without all that they wrote. */
const erasure = fc.record({ after: fc.integer({ min: 30, max: 59 }), query: fc.constantFrom('', '?messages=true') })

t.test('who was away ends where one ends who was there, and where one begins who comes then', async (t) => {
	await fc.assert(
		fc.asyncProperty(life, erasure, async (life, erasure) => {
			const house = await openHouse(t)
			for (const [index, { deed, visit }] of life.entries()) {
				await house.does(deed)
				if (index === erasure.after) await house.eraseDan(erasure.query)
				for (const client of house.away) if (visit !== null) await client.follow(visit)
				for (const client of house.present) await client.follow()
			}
			for (const [index, present] of house.present.entries()) {
				const { account } = present
				const fresh = new ChatClient(house.url, account)
				await fresh.load()
				await comesTo(present, fresh, `${account.name}, who was there`)
				await comesTo(house.away[index] as ChatClient, fresh, `${account.name}, who was away`)
				await checkCounts(house.url, fresh)
			}
			await house.stop()
		}),
		{ numRuns: 7, endOnFailure: true },
	)
})

/** Follows until a client shows what another begins with: what is not kept is erased a moment after it is shown no more. */
async function comesTo(client: ChatClient, fresh: ChatClient, whose: string): Promise<void> {
	const expected = withoutReasons(fresh.shown())
	const until = Date.now() + 20_000
	for (;;) {
		await client.follow()
		const shown = withoutReasons(withNameOfNow(client.shown()))
		if (isDeepStrictEqual(shown, expected)) return
		// It throws, so that fast-check prints the life.
		if (Date.now() > until) assert.deepEqual(shown, expected, whose)
	}
}

/** With Dan's name of now: whoever has heard nothing of him since knows the old one. */
function withNameOfNow(shown: Record<string, ShownRoom>): Record<string, ShownRoom> {
	return JSON.parse(JSON.stringify(shown).replaceAll(/(["@ ])dan"/g, '$1erased-1"'))
}

/** Of what its room does not keep, whoever is told of it first says why it is erased. */
function withoutReasons({ harbour, ...others }: Record<string, ShownRoom>): Record<string, ShownRoom> {
	if (harbour === undefined) return others
	return { ...others, harbour: JSON.parse(JSON.stringify(harbour).replaceAll(/"erased":"[a-z]+"/g, '"erased":""')) }
}

interface House {
	url: string
	present: ChatClient[]
	away: ChatClient[]
	does(deed: Deed): Promise<void>
	eraseDan(query: string): Promise<void>
	stop(): Promise<void>
}

/** Four people, of whom the first is the owner and the last, Dan, will be erased; and three rooms. */
async function openHouse(t: Test): Promise<House> {
	const directory = temporaryDirectory(t)
	const app = await startInProcess(t, { directory, guests: false, readMarkerEveryMs: 0, retentionEveryMs: 20 })
	const { url } = app
	const ada = await setUp({ url, directory }, 'ada')
	const people = [
		ada,
		await addPerson(url, ada, 'bob'),
		await addPerson(url, ada, 'cid'),
		await addPerson(url, ada, 'dan'),
	]
	const [, bob, cid] = people as [Account, Account, Account]
	await putRoom(url, bob, 'secret', { visibility: 'private' })
	await addMember(url, bob, 'secret', 'ada')
	await putRoom(url, cid, 'harbour', { historyLimit: keptInHarbour })
	await addMember(url, cid, 'harbour', 'bob', 'moderator')
	await addMember(url, cid, 'harbour', 'dan')
	for (const { headers } of people) {
		for (const room of rooms) await askJson(url, `/rooms/${room}/messages`, { content: 'hi @room' }, { headers })
	}
	const clients = (accounts: Account[]) => Promise.all(accounts.map((account) => loaded(url, account)))
	const [present, away] = [await clients(people), await clients(people.slice(0, 3))]
	return {
		url,
		present,
		away,
		async does(deed) {
			const { method, path, body } = asked(deed, people, present[deed.who]?.shown() ?? {})
			// A title goes with who gave it, of which nobody is told.
			const { headers } = people[deed.kind === 'describe' ? deed.who % 3 : deed.who] as Account
			const answer =
				body === undefined
					? await ask(url, path, { method, headers })
					: await askJson(url, path, body, { method, headers })
			// Much of it cannot be done, which is part of life.
			assert.ok(answer.status < 500 && answer.status !== 400, `${method} ${path}: ${answer.status} ${answer.text}`)
		},
		async eraseDan(query) {
			assert.equal((await ask(url, `/users/dan${query}`, { method: 'DELETE', headers: ada.headers })).status, 204)
			present.pop()
		},
		stop: () => app.stop(),
	}
}

async function loaded(url: string, account: Account): Promise<ChatClient> {
	const client = new ChatClient(url, account)
	await client.load()
	return client
}

/** The request by which a deed is done, by somebody who sees these rooms. */
function asked({ kind, who, room: index, which, text }: Deed, people: Account[], seen: Record<string, ShownRoom>) {
	const others = people.filter((_, at) => at !== who)
	const own = (people[who] as Account).name
	const other = (others[which % others.length] as Account).name
	const known = [...rooms, ...Object.keys(seen).filter((name) => name.startsWith('@'))]
	const room = kind === 'say in private' ? `@${(people[which % 4] as Account).name}` : known[index % known.length]
	const all = Object.entries(seen[room as string]?.messages ?? {})
	// What nobody has done cannot be taken back.
	const reactionOf = (message: ShownMessage | undefined) =>
		message && 'reactions' in message ? message.reactions.find((reaction) => reaction.endsWith(` ${own}`)) : undefined
	const messages = kind === 'take back' ? all.filter(([, message]) => reactionOf(message) !== undefined) : all
	const [id = 'none', message] = messages[which % Math.max(1, messages.length)] ?? []
	const sequence = message?.sequence ?? 1
	const at = `/rooms/${room}`
	const taken = kind === 'take back' ? reactionOf(message)?.split(' ', 1)[0] : undefined
	const symbol = encodeURIComponent(taken ?? (emoji[which % emoji.length] as string))
	switch (kind) {
		case 'post':
		case 'say in private':
			return { method: 'POST', path: `${at}/messages`, body: { content: text } }
		case 'answer':
			return { method: 'POST', path: `${at}/messages`, body: { content: text, replyTo: id } }
		case 'edit':
			return { method: 'PATCH', path: `${at}/messages/${id}`, body: { content: `${text} ${which}` } }
		case 'delete':
			return { method: 'DELETE', path: `${at}/messages/${id}` }
		case 'react':
			return { method: 'PUT', path: `${at}/messages/${id}/reactions/${symbol}` }
		case 'take back':
			return { method: 'DELETE', path: `${at}/messages/${id}/reactions/${symbol}` }
		case 'read':
		case 'unread':
			return { method: 'PUT', path: `${at}/${kind}`, body: { sequence } }
		case 'describe':
			return { method: 'PUT', path: at, body: { title: `${text.trim().split('\n', 1)} ${which}` } }
		case 'add':
			return { method: 'PUT', path: `${at}/members/${other}`, body: { role: which % 2 === 0 ? 'member' : 'moderator' } }
		case 'remove':
			return { method: 'DELETE', path: `${at}/members/${other}` }
		case 'leave':
			return { method: 'DELETE', path: `${at}/members/me` }
		case 'join':
			return { method: 'PUT', path: `${at}/members/me`, body: {} }
		case 'clear':
			return { method: 'DELETE', path: `${at}/messages?through=${sequence}` }
		case 'ban':
		case 'mute':
			return { method: 'PUT', path: `${at}/${kind}s/${other}`, body: { reason: text.split('\n', 1)[0] } }
		case 'lift ban':
			return { method: 'DELETE', path: `${at}/bans/${other}` }
		case 'lift mute':
			return { method: 'DELETE', path: `${at}/mutes/${other}` }
		case 'archive':
			return { method: 'DELETE', path: at }
		case 'open again':
			return { method: 'PUT', path: at, body: { archived: false } }
	}
}

/** The counts that the server gives are those that anybody can count. */
async function checkCounts(url: string, client: ChatClient): Promise<void> {
	const { json } = await ask(url, '/sync', { headers: client.account.headers })
	for (const { room, unread, mentions } of json.rooms) {
		assert.deepEqual({ unread, mentions }, client.unreadIn(room), `${client.account.name} in ${room}`)
	}
}
