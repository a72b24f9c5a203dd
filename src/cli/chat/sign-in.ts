import { hostname } from 'node:os'
import { errorIn, neverAnswered, parsed, TailroomError } from '../../client/error.ts'
import { Server } from '../../client/server.ts'
import type { SignIn } from '../remote/sign-ins.ts'
import { notice } from './said.ts'
import type { Screen } from './screen.ts'

/** Who mistypes may try again; a server counts too. */
const triesMax = 3
/** A password takes a server a moment, on purpose. */
const answerMsMax = 20_000

/** Asks for a name and a password until they are right. Rejects with what is wrong if they never are. */
export async function signIn(screen: Screen, url: string): Promise<SignIn> {
	for (let tries = 1; ; tries++) {
		const answers = await screen.ask({ text: 'Name: ' }, { text: 'Password: ', isSecret: true })
		if (answers === undefined) throw new TailroomError('closed', 'Nobody has signed in.')
		const [name = '', password = ''] = answers
		try {
			return await openTerminal(url, name.trim(), password)
		} catch (error) {
			const isMistyped = error instanceof TailroomError && (error.status === 401 || error.status === 400)
			if (!isMistyped || tries === triesMax) throw error
			screen.print(notice(error.message, screen.paint))
		}
	}
}

/** A token of this terminal's own: that can be revoked alone, and the password is kept nowhere. */
async function openTerminal(url: string, name: string, password: string): Promise<SignIn> {
	const { cookie, user } = await openSession(url, name, password)
	const session = async <Answer>(method: string, path: string, body?: object) => {
		const { answer } = await ask<Answer>(url, method, path, { Cookie: cookie }, body)
		return answer
	}
	// Moderators clear history here, which less than `full` may not.
	const wanted = { name: `terminal on ${hostname()}`.slice(0, 64), scope: 'full' }
	const { token, id } = await session<{ token: string; id: string }>('POST', '/tokens', wanted)
	await session('DELETE', '/sessions/current')
	return { user, token, tokenId: id }
}

async function openSession(url: string, name: string, password: string): Promise<{ cookie: string; user: string }> {
	const { answer, headers } = await ask<{ user: string }>(url, 'POST', '/sessions', {}, { name, password })
	const cookie = headers.getSetCookie().map((one) => one.split(';', 1)[0])
	return { cookie: cookie.join('; '), user: answer.user }
}

/** A request with a cookie, as a browser makes it. */
async function ask<Answer>(
	url: string,
	method: string,
	path: string,
	headers: Record<string, string>,
	body?: object,
): Promise<{ answer: Answer; headers: Headers }> {
	const address = `${url}${path}`
	try {
		const response = await fetch(address, {
			method,
			signal: AbortSignal.timeout(answerMsMax),
			headers: { ...headers, Accept: 'application/json', ...(body && { 'Content-Type': 'application/json' }) },
			...(body && { body: JSON.stringify(body) }),
		})
		const text = await response.text()
		const answer = response.status === 204 ? {} : parsed<Answer>(text)
		if (!response.ok || answer === undefined) throw await errorIn(address, response, async () => text)
		return { answer: answer as Answer, headers: response.headers }
	} catch (error) {
		throw neverAnswered(address, error)
	}
}

/** Makes the token worthless. One that is so already is no failure. */
export async function signOut(url: string, { token, tokenId }: SignIn): Promise<void> {
	try {
		await new Server({ url, token }).ask('DELETE', `/tokens/${encodeURIComponent(tokenId)}`)
	} catch (error) {
		if ((error as TailroomError).status !== 401) throw error
	}
}
