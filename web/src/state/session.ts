import { signal } from '@preact/signals'
import { setGuestName } from './guest.ts'
import { forgetAll, forgetKept } from './kept-store.ts'
import { lastRoom } from './place.ts'
import { server } from './server.ts'

/** Who may come in, and whether one is in already. */
export interface Welcome {
	hasOwner: boolean
	guests: boolean
	user?: string
}

/** Whether the server does not answer who may come in. */
export const isUnreachable = signal(false)
/** Undefined until the server has said it. */
export const welcome = signal<Welcome | undefined>()

const key = 'tailroom-session'

/** Whether somebody has signed in with this browser: then nothing needs to be asked before one begins, not even a line. */
export function isSignedIn(): boolean {
	return localStorage.getItem(key)?.startsWith('in') === true
}

export async function signIn(name: string, password: string): Promise<void> {
	await server.ask('POST', '/sessions', { body: { name, password } })
	await forgetKept()
	setGuestName(undefined)
	remember('in')
}

/** Somebody else is here now, or nobody: this page and the others of this browser begin from nothing. */
export function beginAnew(to = '/'): void {
	location.assign(to)
}

/** Signs out here: all that is kept of the chat in this browser is forgotten. */
export async function signOut(): Promise<void> {
	await server.ask('DELETE', '/sessions/current')
	await forgetAll()
	remember('out')
	beginAnew()
}

/** While the session is replaced: the old one is over, and the answer with the new one is on its way. */
export const isRenewing = signal(false)

/** Does what ends the session and begins another one. */
export async function renewSession(ask: () => Promise<unknown>): Promise<void> {
	isRenewing.value = true
	try {
		await ask()
		// Other windows of this browser have lost it too, and find the new one.
		remember('in')
	} finally {
		isRenewing.value = false
	}
}

/** The session has ended, whoever ended it. What was written and waits is sent when its writer is back. */
export function forgetSession(): void {
	void forgetKept()
	lastRoom.forget()
	if (isSignedIn()) remember('out')
}

/** Asks until it is told. */
export async function askWelcome(): Promise<void> {
	for (;;) {
		try {
			welcome.value = await server.ask<Welcome>('GET', '/welcome')
			if (welcome.value.user !== undefined && !isSignedIn()) remember('in')
			return
		} catch {
			isUnreachable.value = true
			await new Promise((resolve) => setTimeout(resolve, askAgainMs))
		}
	}
}

const askAgainMs = 3_000

function remember(state: 'in' | 'out'): void {
	localStorage.setItem(key, `${state} ${Date.now()}`)
}

addEventListener('storage', (event) => {
	if (event.key !== key) return
	void forgetKept()
	location.reload()
})
