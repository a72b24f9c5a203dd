import type { ServeConfig } from './config/schema.ts'

/** Why a server could not listen where it was told to, and what to do; of another error, that error. */
export function listenError(error: NodeJS.ErrnoException, told: Pick<ServeConfig, 'host' | 'port'>): Error {
	const says = sentenceOf(error, told)
	return says === undefined ? error : new Error(says, { cause: error })
}

function sentenceOf(error: NodeJS.ErrnoException, { host, port }: Pick<ServeConfig, 'host' | 'port'>) {
	if (error.syscall === 'getaddrinfo') {
		return `no address is known for the host "${host}" (${error.code}): ${remedyForHost}`
	}
	// At the control socket, it is the data directory that is in the way.
	if (error.syscall !== 'listen' || (error as { port?: number }).port === -1) return undefined
	if (error.code === 'EADDRINUSE') {
		return `port ${port} on ${host} is in use: choose another with --port, or 0 for a free one`
	}
	if (error.code === 'EACCES') {
		return (
			`this user may not listen on port ${port}: choose a --port from 1024 on, or give it the right ` +
			'(AmbientCapabilities=CAP_NET_BIND_SERVICE in its unit)'
		)
	}
	if (error.code === 'EADDRNOTAVAIL') return `${host} is no address of this machine: ${remedyForHost}`
	return `nothing can listen on port ${port} of ${host} (${error.code}): ${remedyForHost}`
}

const remedyForHost = 'say --host 127.0.0.1 for this machine alone, or 0.0.0.0 for all addresses that it has'
