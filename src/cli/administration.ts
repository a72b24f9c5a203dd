import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type App, type AppOptions, startApp } from '../app.ts'
import { DirectoryInUse } from '../events/lock.ts'
import { askOwnerOf, isThere } from '../events/there.ts'
import { controlPath } from '../http/control.ts'
import { actAsOwner } from './owner.ts'
import { version } from './version.ts'

/** Asks for something as the machine's administration; the answer's JSON, or undefined if it has none. */
export type Ask = <Answer>(method: string, path: string, body?: object) => Promise<Answer>

/**
 * Asks a server that runs on that directory, over its control socket. Where none runs, one that
 * listens nowhere is started for as long as it takes, which knows the address under which people come, or does not.
 */
export async function administer<Result>(
	{ directory, publicUrl }: { directory: string; publicUrl?: URL | undefined },
	work: (ask: Ask) => Promise<Result>,
): Promise<Result> {
	actAsOwner(directory)
	const ask = askAt(directory)
	// First, for it says who may not look there.
	const hasLog = isThere(join(directory, 'log.db'))
	if (await isAnswering(directory)) return await work(ask)
	if (!hasLog) {
		throw new Error(`there is no log in ${directory}: start a server there first, or choose another --data directory`)
	}
	const app = await startPatiently({
		directory,
		host: '',
		port: undefined,
		guests: false,
		publicUrl,
		trustedProxies: [],
		postsPerSecond: 0,
		webhookNetworks: [],
		presenceGraceMs: 0,
		version,
		fatal(error) {
			throw error
		},
	})
	try {
		return await work(ask)
	} finally {
		await app.stop()
	}
}

/** Commands that are run at once take turns, as each starts a server for a moment. */
async function startPatiently(options: AppOptions): Promise<App> {
	for (const until = Date.now() + othersMsMax; ; ) {
		try {
			return await startApp(options)
		} catch (error) {
			if (!(error instanceof DirectoryInUse) || Date.now() > until) throw error
			await sleep(100)
		}
	}
}

const othersMsMax = 10_000

/** Whether a server runs there. Rejects where one does and does not answer: whoever waits for it would wait for ever. */
export async function isAnswering(directory: string): Promise<boolean> {
	try {
		;(await requestControl(directory, 'GET', '/healthz', { signal: AbortSignal.timeout(answersMsMax) })).resume()
		return true
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EACCES') {
			throw new Error(`you may not ask the server that runs on ${directory}: ${askOwnerOf(directory)}`)
		}
		if ((error as Error).name === 'AbortError' || (error as Error).name === 'TimeoutError') {
			const seconds = answersMsMax / 1_000
			throw new Error(
				`the server that runs on ${directory} has not answered for ${seconds} seconds: is it stopped, or hung?`,
			)
		}
		// No socket, or one that a killed server has left.
		if (/^(ENOENT|ECONNREFUSED)$/.test((error as NodeJS.ErrnoException).code ?? '')) return false
		throw error
	}
}

const answersMsMax = 5_000

function askAt(directory: string): Ask {
	return async (method, path, body) => {
		const answer = await text(await openControl(directory, method, path, body))
		return answer === '' ? undefined : JSON.parse(answer)
	}
}

/** The body of an answer at the control socket. Rejects with the `detail` of a problem. */
export async function openControl(
	directory: string,
	method: string,
	path: string,
	body?: object,
): Promise<IncomingMessage> {
	const response = await requestControl(directory, method, path, { body })
	const status = response.statusCode ?? 500
	if (status < 400) return response
	const problem = await text(response)
	throw new Error((JSON.parse(problem) as { detail?: string }).detail ?? `the server answered ${status}`)
}

/** An answer at the control socket, whatever it is. Until `signal` it is waited for. */
export async function requestControl(
	directory: string,
	method: string,
	path: string,
	{ body, signal }: { body?: object | undefined; signal?: AbortSignal } = {},
): Promise<IncomingMessage> {
	const headers = { Host: 'localhost', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) }
	const asked = request({ socketPath: controlPath(directory), method, path, headers, ...(signal ? { signal } : {}) })
	asked.end(body === undefined ? undefined : JSON.stringify(body))
	const [response] = (await once(asked, 'response')) as [IncomingMessage]
	return response
}
