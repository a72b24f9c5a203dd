import { connect } from 'node:net'
import { type Check, warning } from './check.ts'

/** Whether somebody else has the port that a server would take. */
export const portCheck: Check = {
	name: 'port',
	async look({ settings: { host, port }, server }) {
		if (host === undefined || port === undefined || port === 0 || server.is !== 'absent') return undefined
		if (!(await isAnswered(host, port))) return undefined
		return warning(`Another program listens on port ${port} of ${host}: choose another --port for a server here`)
	},
}

/** A machine answers itself at once, also that nobody is there. */
const waitMs = 1_000

function isAnswered(host: string, port: number): Promise<boolean> {
	const here = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
	const socket = connect({ host: here, port, timeout: waitMs })
	const { promise, resolve } = Promise.withResolvers<boolean>()
	socket.once('connect', () => resolve(true))
	socket.once('timeout', () => resolve(false))
	socket.once('error', () => resolve(false))
	return promise.finally(() => socket.destroy())
}
