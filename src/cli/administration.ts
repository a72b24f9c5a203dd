import { request } from 'node:http'
import { startApp } from '../app.ts'
import { controlPath } from '../http/control.ts'
import { version } from './version.ts'

/** Asks for something as the machine's administration; the answer's JSON, or undefined if it has none. */
export type Ask = <Answer>(method: string, path: string, body?: object) => Promise<Answer>

/**
 * Asks a server that runs on that directory, over its control socket. Where none runs, one that
 * listens nowhere is started for as long as it takes.
 */
export async function administer<Result>(directory: string, work: (ask: Ask) => Promise<Result>): Promise<Result> {
	const ask = askAt(controlPath(directory))
	if (await isAnswering(ask)) return await work(ask)
	const app = await startApp({
		directory,
		host: '',
		port: undefined,
		guests: false,
		publicUrl: undefined,
		postsPerSecond: 0,
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

async function isAnswering(ask: Ask): Promise<boolean> {
	try {
		await ask('GET', '/healthz')
		return true
	} catch (error) {
		// No socket, or one that a killed server has left.
		if (/^(ENOENT|ECONNREFUSED)$/.test((error as NodeJS.ErrnoException).code ?? '')) return false
		throw error
	}
}

function askAt(socketPath: string): Ask {
	return (method, path, body) =>
		new Promise((resolve, reject) => {
			const headers = body === undefined ? {} : { 'Content-Type': 'application/json' }
			const asked = request(
				{ socketPath, method, path, headers: { Host: 'localhost', ...headers } },
				async (response) => {
					try {
						const text = Buffer.concat(await response.toArray()).toString()
						const answer = text === '' ? undefined : JSON.parse(text)
						if ((response.statusCode ?? 500) < 400) resolve(answer)
						else reject(new Error(answer?.detail ?? `the server answered ${response.statusCode}`))
					} catch (error) {
						reject(error)
					}
				},
			)
			asked.on('error', reject)
			asked.end(body === undefined ? undefined : JSON.stringify(body))
		})
}
