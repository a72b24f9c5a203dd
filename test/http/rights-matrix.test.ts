import '../helpers/quick-passwords.ts'
import t from 'tap'
import { buildServer } from '../../src/http/server.ts'
import type { Services } from '../../src/http/services.ts'
import type { Answer } from '../helpers/http.ts'
import type { Account } from '../helpers/people.ts'
import { type Call, calls } from '../helpers/rights-calls.ts'
import {
	type Caller,
	expectedInDirect,
	expectedInRoom,
	expectedOnServer,
	isInRoom,
	type Outcome,
} from '../helpers/rights-expected.ts'
import { type House, openHouse, type Place, type Visitor } from '../helpers/rights-house.ts'

/*
 * Every route, asked by everybody, in every kind of room.
 */

t.jobs = 4

const declared = (await buildServer({ config: {} } as Services)).policies
const [closed, withGuests] = await Promise.all([openHouse(t, false), openHouse(t, true)])

t.test('every route is in the matrix', async (t) => {
	const routes = calls.flatMap(({ route }) => [route, headOf(route)])
	t.same(
		[...declared.keys()].filter((route) => !routes.includes(route)),
		[],
		'routes that nobody tries',
	)
	t.same(
		calls.filter(({ route }) => !declared.has(route)),
		[],
		'calls of routes that there are not',
	)
	for (const { route, right, declares = right } of calls) {
		t.equal(declared.get(route), declares, `what ${route} declares`)
		t.equal(declared.get(headOf(route)) ?? declares, declares, `what ${headOf(route)} declares`)
	}
})

for (const house of [closed, withGuests]) {
	for (const caller of house.callers) {
		t.test(`${caller}, ${house.guests ? 'where guests are let in' : 'where nobody is let in'}`, async (t) => {
			const person = await house.personFor(caller)
			const shared = await house.places(person)
			const own = calls.map(async (call) => [call, await placesFor(house, call, { caller, person, shared })] as const)
			const ofTheirOwn = new Map(await Promise.all(own))
			const places = [...new Set([shared, ...ofTheirOwn.values()].flat())]
			let visitor = await house.visitor(caller, person, places)
			for (const call of calls) {
				if (call.comesAgain === true) visitor = await house.visitor(caller, person, places)
				const right = rightIn(house, call)
				const routes = new Set([headOf(call.route), call.route])
				for (const route of [...routes].filter((route) => declared.has(route))) {
					const name = `${route}, to ${right}`
					if (!isInRoom(right)) {
						const answer = await answerTo(house, visitor, call, route)
						t.equal(outcome(call, answer), expectedOnServer(right, caller), name)
						continue
					}
					const here = ofTheirOwn.get(call) as readonly Place[]
					const nowhere = here.find(({ kind }) => kind === 'nowhere') as Place
					const told = new Map<Place, Answer>()
					for (const place of here) told.set(place, await answerTo(house, visitor, call, route, place))
					for (const [place, answer] of told) {
						const expected = expectedInRoom(right, caller, place.kind)
						t.equal(outcome(call, answer), expected === 'N' ? '?' : expected, `${name}, ${place.kind}`)
						if (expected !== '?' || expectedInRoom(right, caller, 'nowhere') !== '?') continue
						const same = shown(told.get(nowhere) as Answer, nowhere)
						t.equal(shown(answer, place), same, `${name}, ${place.kind}: byte for byte as nowhere`)
					}
				}
			}
		})
	}
}

for (const house of [closed, withGuests]) {
	for (const caller of house.callers) {
		t.test(`${caller} in a conversation, ${house.guests ? 'with guests' : 'without guests'}`, async (t) => {
			const person = await house.personFor(caller)
			const visitor = await house.visitor(caller, person, [])
			for (const call of calls.filter(({ right }) => isInRoom(right))) {
				const expected = expectedInDirect(call.right, caller)
				for (const route of [headOf(call.route), call.route].filter((route) => declared.has(route))) {
					const place = await house.conversation(person, call.room)
					const answer = await answerTo(house, visitor, call, route, place)
					t.equal(outcome(call, answer), expected, `${route}, to ${call.right}`)
					if (expected !== '?') continue
					const nowhere = { ...place, name: '@nobdy' }
					const same = shown(await answerTo(house, visitor, call, route, nowhere), nowhere)
					t.equal(shown(answer, place), same, `${route}, to ${call.right}: byte for byte as nobody's`)
				}
			}
		})
	}
}

function rightIn({ guests }: House, { right }: Call): string {
	return right === 'post' && guests ? 'post, with guests' : right
}

/** Where a call is tried: what changes a room has one of its own, but where it is refused, for then nothing changes. */
async function placesFor(
	house: House,
	call: Call,
	{ caller, person, shared }: { caller: Caller; person: Account | undefined; shared: readonly Place[] },
): Promise<readonly Place[]> {
	const { room } = call
	if (room === undefined) return shared
	// What somebody said themselves is in no other room.
	const isChanged = ({ kind }: Place) => room === 'said' || expectedInRoom(rightIn(house, call), caller, kind) === '+'
	const places = shared.map((place) => (isChanged(place) ? house.placeOfItsOwn(place.kind, person, room) : place))
	return (await Promise.all(places)).filter((place) => place !== undefined)
}

function headOf(route: string): string {
	return route.replace(/^GET /, 'HEAD ')
}

async function answerTo(house: House, visitor: Visitor, call: Call, route: string, place?: Named): Promise<Answer> {
	const { person } = visitor
	const of = { house, person, messageId: place?.messageId ?? '' }
	const [method, pattern] = route.split(' ') as [string, string]
	const names = { room: place?.name ?? '', ...(await call.path?.(of)) } as Record<string, string>
	const path = pattern.replaceAll(/:([a-z]+)/g, (_, name) => names[name] as string)
	const body = typeof call.body === 'function' ? await call.body(of) : call.body
	return await visitor.ask(method, path + (call.query?.(of) ?? ''), body)
}

const codes: Readonly<Record<number, readonly [string, Outcome]>> = {
	401: ['not_authenticated', '!'],
	403: ['forbidden', 'F'],
	404: ['not_found', '?'],
	409: ['room_name_taken', 'T'],
}

function outcome({ ok }: Call, { status, json, text }: Answer): string {
	if ([ok].flat().includes(status)) return '+'
	const [code, symbol] = codes[status] ?? []
	// What answers a HEAD has no body to look at.
	if (symbol !== undefined && (text === '' || json?.code === code)) return symbol
	return `${status} ${text}`
}

type Named = Pick<Place, 'name' | 'messageId'>

/** Everything that a caller is told, but for the time, the request's id and the room's name. */
function shown({ status, headers: { date, 'x-request-id': _id, ...headers }, text }: Answer, { name }: Named): string {
	return JSON.stringify({ status, headers, text }).replaceAll(name, 'ROOM')
}
