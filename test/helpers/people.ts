import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Answer, ask, askJson } from './http.ts'

/** A person of a running server, and what they prove it by. */
export interface Account {
	name: string
	/** Can do whatever its user may. */
	token: string
	/** What every request of theirs carries. */
	headers: { Authorization: string }
}

/** Everybody's. */
export const password = 'a long enough password'

/** Makes the owner of a server that has none. */
export async function setUp({ url, directory }: { url: string; directory: string }, name = 'owner'): Promise<Account> {
	const code = readFileSync(join(directory, 'setup-code'), 'utf8').trim()
	return accountIn(await askJson(url, '/setup', { code, name, password }))
}

/** Makes an account as it comes to be: by an invitation of the owner, a bot by being added. */
export async function addPerson(
	url: string,
	{ headers }: Account,
	name: string,
	role: 'owner' | 'admin' | 'member' | 'bot' = 'member',
): Promise<Account> {
	if (role === 'bot') return accountIn(await askJson(url, '/users', { name, role }, { headers }))
	const { json } = await askJson(url, '/invites', { role }, { headers })
	return accountIn(await askJson(url, '/invites/accept', { code: json.code, name, password }))
}

/** Signs somebody in; what a browser would send from then on. */
export async function signIn(url: string, name: string, given: string = password): Promise<{ Cookie: string }> {
	const { headers } = succeeded(await askJson(url, '/sessions', { name, password: given }))
	const [cookie = ''] = headers['set-cookie'] ?? []
	return { Cookie: cookie.split(';', 1)[0] as string }
}

/** Opens a room, or changes it, as somebody. */
export async function putRoom(url: string, { headers }: Account, room: string, change: object = {}): Promise<void> {
	succeeded(await askJson(url, `/rooms/${room}`, change, { method: 'PUT', headers }))
}

/** Makes somebody a member of a room, as somebody who may. */
export async function addMember(url: string, by: Account, room: string, name: string, role = 'member'): Promise<void> {
	const { headers } = by
	succeeded(await askJson(url, `/rooms/${room}/members/${name}`, { role }, { method: 'PUT', headers }))
}

export async function removeMember(url: string, { headers }: Account, room: string, name: string): Promise<void> {
	succeeded(await ask(url, `/rooms/${room}/members/${name}`, { method: 'DELETE', headers }))
}

function accountIn(answer: Answer): Account {
	const { user, token } = succeeded(answer).json
	return { name: user, token, headers: { Authorization: `Bearer ${token}` } }
}

function succeeded(answer: Answer): Answer {
	if (answer.status >= 200 && answer.status < 300) return answer
	throw new Error(`${answer.status} ${answer.text}`)
}
