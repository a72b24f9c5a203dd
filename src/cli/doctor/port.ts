import { createServer } from 'node:net'
import { listenError } from '../listen-error.ts'
import { type Check, ok, problem } from './check.ts'

/** Whether a server can listen where it is told to: it is tried for a moment, and nobody is answered. */
export const portCheck: Check = {
	name: 'port',
	async look({ settings: { host, port }, server }) {
		if (host === undefined || port === undefined || server.is !== 'absent') return undefined
		try {
			await listenOnce(host, port)
		} catch (error) {
			const { message } = listenError(error as NodeJS.ErrnoException, { host, port })
			return problem(`A server does not start here: ${message}`)
		}
		return ok(`A server can listen on ${port === 0 ? 'a free port' : `port ${port}`} of ${host}`)
	},
}

function listenOnce(host: string, port: number): Promise<void> {
	const listener = createServer((socket) => socket.destroy())
	const { promise, resolve, reject } = Promise.withResolvers<void>()
	listener.once('error', reject)
	listener.listen({ host, port }, () => listener.close(() => resolve()))
	return promise
}
