import t from 'tap'
import { startInProcess } from '../helpers/app.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, isProblem } from '../helpers/http.ts'
import { signIn } from '../helpers/people.ts'

const [house, fresh, open] = await Promise.all([
	startHouse(t),
	startInProcess(t, { guests: false }),
	startHouse(t, { guests: true }),
])

/** All that it says, and nothing else. */
async function welcomed(url: string, headers: Record<string, string> = {}): Promise<unknown> {
	const { status, json } = await ask(url, '/welcome', { headers })
	return { status, ...json }
}

t.test('whether there is an owner, and whether guests are let in', async (t) => {
	t.same(await welcomed(fresh.url), { status: 200, hasOwner: false, guests: false })
	t.same(await welcomed(house.url), { status: 200, hasOwner: true, guests: false })
	t.same(await welcomed(open.url), { status: 200, hasOwner: true, guests: true })
})

t.test('who one is, by a session or a token', async (t) => {
	const cookie = await signIn(house.url, 'owner')
	t.match(await welcomed(house.url, cookie), { user: 'owner' })
	t.match(await welcomed(house.url, house.owner.headers), { user: 'owner' })
	await ask(house.url, '/sessions/current', { method: 'DELETE', headers: cookie })
	t.same(await welcomed(house.url, cookie), { status: 200, hasOwner: true, guests: false }, 'signed out')
})

t.test('a stranger is no error, whatever they bring', async (t) => {
	const brought = [
		{ Cookie: 'tailroom=trs_nonsense' },
		{ Cookie: 'tailroom=' },
		{ Authorization: 'Bearer nope' },
		{ Authorization: 'Basic b3duZXI6b3duZXI=' },
		{ 'Tailroom-User': 'carol' },
		{ 'Tailroom-User': 'owner' },
	]
	for (const { url, guests } of [
		{ url: house.url, guests: false },
		{ url: open.url, guests: true },
	]) {
		for (const headers of brought) {
			const told = await welcomed(url, headers as Record<string, string>)
			t.same(told, { status: 200, hasOwner: true, guests }, JSON.stringify(headers))
		}
	}
})

t.test('it is asked nothing else', async (t) => {
	isProblem(t, await ask(house.url, '/welcome?user=owner'), 400, 'malformed', /user/)
	t.match(await ask(house.url, '/welcome', { method: 'POST' }), { status: 404 })
})
