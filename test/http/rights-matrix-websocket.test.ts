import t from 'tap'
import { policies } from '../../src/http/websocket/messages.ts'
import { expectedInDirect, expectedInRoom, expectedOnServer, isInRoom } from '../helpers/rights-expected.ts'
import { type Need, openHouse, type Place } from '../helpers/rights-house.ts'
import { openWebSocket, type Received, type WebSocketReader } from '../helpers/websocket.ts'

/*
 * Every message over WebSocket, sent by everybody, about every kind of room.
 */

t.jobs = 4

const [closed, withGuests] = await Promise.all([openHouse(t, false), openHouse(t, true)])

interface Sent {
	right: string
	/** What it declares, where that is less: the rest is decided where the room is known. */
	declares?: string
	message: (room: string, messageId: string) => object
	/** The type of the answer where there is one. */
	answer?: string
	/** It changes the room, so it gets one of its own. */
	room?: Need
}

/** What is sent over WebSocket, and what it needs. */
const messages: Record<string, Sent> = {
	hello: { right: 'public', message: () => ({}), answer: 'hello' },
	subscribe: { right: 'follow', declares: 'read', message: (room) => ({ room }), answer: 'subscribed' },
	unsubscribe: { right: 'look-around', message: () => ({ room: 'none' }), answer: 'unsubscribed' },
	// Past the right, there is no subscription that names a consumer.
	ack: { right: 'own-consumers', message: () => ({ cursor: 0 }), answer: 'consumer_unnamed' },
	publish: { right: 'post', message: (room) => ({ room, content: 'hi' }), answer: 'published' },
	react: { right: 'react', message: (room, id) => ({ room, id, emoji: '👍' }), answer: 'reacted' },
	edit: {
		right: 'edit',
		message: (room, id) => ({ room, id, content: 'hello' }),
		answer: 'edited',
		room: 'said',
	},
	delete: {
		right: 'moderate',
		declares: 'read',
		message: (room, id) => ({ room, id }),
		answer: 'deleted',
		room: 'heard',
	},
	get_history: { right: 'read', message: (room) => ({ room }), answer: 'history' },
	presence: { right: 'be-present', message: () => ({ state: 'online' }), answer: 'presence_set' },
	read: { right: 'mark-read', message: (room) => ({ room, sequence: 0 }), answer: 'marked' },
	typing: { right: 'type', message: (room) => ({ room }) },
	// The last, for nothing is left of what was said.
	clear_history: { right: 'moderate', message: (room) => ({ room }), answer: 'cleared' },
}

t.test('every message is in the matrix', async (t) => {
	t.same(Object.keys(messages).sort(), Object.keys(policies).sort())
	for (const [type, policy] of Object.entries(policies)) {
		const { right, declares = right } = messages[type] as Sent
		t.equal(policy, declares, `what ${type} declares`)
	}
})

for (const house of [closed, withGuests]) {
	for (const caller of house.callers.filter((caller) => caller !== 'control' && caller !== 'nobody')) {
		t.test(`${caller}, ${house.guests ? 'where guests are let in' : 'where nobody is let in'}`, async (t) => {
			const person = await house.personFor(caller)
			const shared = await house.places(person)
			const own = Object.entries(messages).map(
				async ([type, { room }]) => [type, room && (await house.placesOfItsOwn(person, room))] as const,
			)
			const ofTheirOwn = new Map(await Promise.all(own))
			const all = [...shared, ...[...ofTheirOwn.values()].flatMap((own = []) => own)]
			const { headers } = await house.visitor(caller, person, all)
			const socket = await openWebSocket(t, `${house.url.replace('http', 'ws')}/ws`, headers)
			for (const [type, { right: needed, answer, message }] of Object.entries(messages)) {
				const opens = house.guests && (needed === 'follow' || needed === 'post')
				const right = opens ? `${needed}, with guests` : needed
				if (!isInRoom(right)) {
					const received = await told(socket, { type, ...message('', '') })
					t.equal(outcome(received, answer), expectedOnServer(right, caller), type)
					continue
				}
				// Naming a room may open it.
				const nowhere = (await house.place('nowhere', person)) as Place
				const places = [...(ofTheirOwn.get(type) ?? shared).filter(({ kind }) => kind !== 'nowhere'), nowhere]
				const answers = new Map<Place, Received>()
				for (const place of places) {
					answers.set(place, await told(socket, { type, ...message(place.name, place.messageId) }))
				}
				const shown = (place: Place) => JSON.stringify(answers.get(place)).replaceAll(place.name, 'ROOM')
				for (const [place, received] of answers) {
					const expected = expectedInRoom(right, caller, place.kind)
					t.equal(outcome(received, answer), expected, `${type}, ${place.kind}`)
					if (expected !== '?' || expectedInRoom(right, caller, 'nowhere') !== '?') continue
					t.equal(shown(place), shown(nowhere), `${type}, ${place.kind}: byte for byte as nowhere`)
				}
			}
		})
	}
}

for (const house of [closed, withGuests]) {
	for (const caller of house.callers.filter((caller) => caller !== 'control' && caller !== 'nobody')) {
		t.test(`${caller} in a conversation, ${house.guests ? 'with guests' : 'without guests'}`, async (t) => {
			const person = await house.personFor(caller)
			const { headers } = await house.visitor(caller, person, [])
			const socket = await openWebSocket(t, `${house.url.replace('http', 'ws')}/ws`, headers)
			for (const [type, { right, answer, message, room }] of Object.entries(messages)) {
				if (!isInRoom(right)) continue
				const { name, messageId } = await house.conversation(person, room)
				const received = await told(socket, { type, ...message(name, messageId) })
				const expected = expectedInDirect(right, caller)
				t.equal(outcome(received, answer), expected, type)
				if (expected !== '?') continue
				const nobodys = await told(socket, { type, ...message('@nobdy', messageId) })
				const shown = [JSON.stringify(received).replaceAll(name, '@nobdy'), JSON.stringify(nobodys)]
				t.equal(shown[0], shown[1], `${type}: byte for byte as nobody's`)
			}
		})
	}
}

t.test('nobody, where nobody is let in', async (t) => {
	for (const [type, { message }] of Object.entries(messages)) {
		const socket = await openWebSocket(t, `${closed.url.replace('http', 'ws')}/ws`)
		socket.send({ type, ...message('elsewhere', '') })
		t.match(await socket.next(), { type: 'error', code: 'not_authenticated' }, type)
		t.match(await socket.closed, { code: 4401 }, type)
	}
})

/** The answer to a message; undefined where it has none. Frames that come by themselves do not count. */
async function told(socket: WebSocketReader, message: object): Promise<Received> {
	socket.send(message)
	// Answered after all that came before, whoever asks.
	socket.send({ type: 'unsubscribe', room: 'the-end' })
	const before: Received[] = []
	for (;;) {
		const received = await socket.next()
		if (received.type === 'unsubscribed' && received.room === 'the-end') break
		before.push(received)
	}
	return before.find(({ type, ref }) => answerTypes.has(type) && ref === undefined)
}

const answerTypes = new Set(['error', ...Object.values(messages).flatMap(({ answer = [] }) => answer)])

const outcomes: Readonly<Record<string, string>> = {
	forbidden: 'F',
	not_found: '?',
	room_name_taken: 'T',
}

function outcome(received: Received, answer: string | undefined): string {
	if (received?.type === answer || received?.code === answer) return '+'
	return outcomes[received?.code] ?? JSON.stringify(received)
}

t.test('there is no WebSocket at the control socket, where nobody could be somebody', async (t) => {
	const { ask } = await closed.visitor('control', undefined, [])
	t.match(await ask('GET', '/ws'), { status: 400 })
})
