import t from 'tap'
import { hashSecret } from '../../src/http/auth/secrets.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson, isProblem } from '../helpers/http.ts'
import { addMember, addPerson, password, putRoom, removeMember, signIn } from '../helpers/people.ts'

const { url, owner } = await startHouse(t)
const { headers } = owner
const audit = async (query = '') => (await ask(url, `/audit${query}`, { headers })).json.entries
const agent = { 'User-Agent': 'a browser' }

t.test('the audit says who came in how, and who gave whom which right', async (t) => {
	const invited = await askJson(url, '/invites', {}, { headers })
	const { code, id: invitation } = invited.json
	const ada = (await askJson(url, '/invites/accept', { code, name: 'ada', password })).json.token as string
	const revoked = (await askJson(url, '/invites', {}, { headers })).json
	await ask(url, `/invites/${revoked.id}`, { method: 'DELETE', headers })
	const entered = await askJson(url, '/sessions', { name: 'ada', password }, { headers: agent })
	const cookie = { Cookie: entered.headers['set-cookie']?.[0]?.split(';')[0] as string }
	await askJson(url, '/sessions', { name: 'ada', password: 'a wrong one' }, { headers: agent })
	await askJson(url, '/sessions', { name: 'nobody', password: 'a wrong one' }, { headers: agent })
	await askJson(url, '/invites/accept', { code, name: 'eve', password }, { headers: agent })
	await ask(url, '/sessions/current', { method: 'DELETE', headers: cookie })
	const issued = (await askJson(url, '/tokens', { scope: 'read' }, { headers: { Authorization: `Bearer ${ada}` } }))
		.json
	await ask(url, `/tokens/${issued.id}`, { method: 'DELETE', headers })
	await putRoom(url, owner, 'team', { visibility: 'private', title: 'Our team' })
	await putRoom(url, owner, 'team', { topic: 'plans' })
	await addMember(url, owner, 'team', 'ada')
	await removeMember(url, owner, 'team', 'ada')
	for (const change of [{ role: 'admin' }, { password: 'given to ada' }, { active: false }, { active: true }]) {
		await askJson(url, '/users/ada', change, { method: 'PATCH', headers })
	}

	const answer = await ask(url, '/audit?limit=500', { headers })
	const from = { address: '127.0.0.1', agent: 'a browser' }
	const entries = answer.json.entries.toReversed()
	t.match(entries, [
		{ type: 'RoomOpened', by: 'system', room: 'general', visibility: 'open' },
		{ type: 'UserJoined', by: 'system', user: 'owner', role: 'owner' },
		{ type: 'PasswordSet', by: 'system', user: 'owner' },
		{ type: 'MemberAdded', user: 'owner', room: 'general', role: 'member' },
		{ type: 'TokenIssued', user: 'owner', scope: 'full' },
		{ type: 'InvitationIssued', by: 'owner', invitationId: invitation, role: 'member' },
		{ type: 'UserJoined', user: 'ada', role: 'member', invitationId: invitation },
		{ type: 'PasswordSet', user: 'ada' },
		{ type: 'MemberAdded', user: 'ada' },
		{ type: 'TokenIssued', user: 'ada' },
		{ type: 'InvitationIssued', by: 'owner' },
		{ type: 'InvitationRevoked', by: 'owner', invitationId: revoked.id },
		{ type: 'SessionOpened', user: 'ada', sessionId: entered.json.id, ...from },
		{ type: 'AttemptRefused', attempt: 'sign-in', user: 'ada', ...from },
		{ type: 'AttemptRefused', attempt: 'sign-in', user: undefined, ...from },
		{ type: 'AttemptRefused', attempt: 'invitation', ...from },
		{ type: 'SessionEnded', by: 'ada', user: 'ada', sessionId: entered.json.id },
		{ type: 'TokenIssued', by: 'ada', user: 'ada', scope: 'read', tokenId: issued.id },
		{ type: 'TokenRevoked', by: 'owner', user: 'ada', tokenId: issued.id },
		{ type: 'RoomOpened', by: 'owner', room: 'team', visibility: 'private' },
		{ type: 'MemberAdded', by: 'owner', user: 'owner', role: 'moderator' },
		{ type: 'RoomChanged', by: 'owner', room: 'team' },
		{ type: 'MemberAdded', by: 'owner', user: 'ada', room: 'team', role: 'member' },
		{ type: 'MemberRemoved', by: 'owner', user: 'ada', room: 'team' },
		{ type: 'RoleChanged', by: 'owner', user: 'ada', role: 'admin' },
		{ type: 'PasswordSet', by: 'owner', user: 'ada' },
		{ type: 'UserDeactivated', by: 'owner', user: 'ada' },
		{ type: 'UserReactivated', by: 'owner', user: 'ada' },
	])
	t.equal(entries.length, 28)
	for (const { position, timestamp } of entries) t.ok(position > 0 && timestamp <= Date.now())

	const secrets = [code, ada, owner.token, issued.token, cookie.Cookie.replace('tailroom=', ''), revoked.code]
	for (const secret of secrets) {
		t.notOk(answer.text.includes(secret))
		t.notOk(answer.text.includes(hashSecret(secret)))
	}
	t.notMatch(answer.text, /argon2|[0-9a-f]{64}|a wrong one|Our team|plans/)
})

t.test('what is no cause for a look is not in it', async (t) => {
	const [newest] = await audit('?limit=1')
	await askJson(url, '/rooms/general/messages', { content: 'hello' }, { headers })
	await ask(url, '/rooms', { headers })
	await askJson(url, '/users/me', { displayName: 'The owner' }, { method: 'PATCH', headers })
	t.same(await audit('?limit=1'), [newest])
})

t.test('it is read page by page, the newest first', async (t) => {
	const all = await audit('?limit=500')
	const pages: { position: number }[] = []
	for (;;) {
		const before: string = pages.length === 0 ? '' : `&before=${pages.at(-1)?.position}`
		const page = await audit(`?limit=7${before}`)
		if (page.length === 0) break
		t.ok(page.length <= 7)
		pages.push(...page)
	}
	t.same(pages, all)
	for (const query of ['?limit=0', '?limit=501', '?limit=x', '?before=x', '?after=1', '?limit=-1']) {
		isProblem(t, await ask(url, `/audit${query}`, { headers }), 400, 'malformed', /./)
	}
})

t.test('it is for administrators', async (t) => {
	const bob = await addPerson(url, owner, 'bob')
	const amy = await addPerson(url, owner, 'amy', 'admin')
	isProblem(t, await ask(url, '/audit', { headers: bob.headers }), 403, 'forbidden', /./)
	t.equal((await ask(url, '/audit', { headers: amy.headers })).status, 200)
	t.equal((await ask(url, '/audit', { headers: await signIn(url, 'amy') })).status, 200)
	t.equal((await ask(url, '/audit')).status, 401)
})
