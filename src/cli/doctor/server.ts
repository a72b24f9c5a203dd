import { text } from 'node:stream/consumers'
import { isDirectoryTaken } from '../../events/lock.ts'
import { requestControl } from '../administration.ts'
import { type Check, type Finding, ok, problem, type ServerState } from './check.ts'

/** A server that is at its work answers within milliseconds. */
const patienceMs = 5_000

/** Whether a server runs on a directory, and how it is. */
export async function askServer(directory: string, waitMs: number = patienceMs): Promise<ServerState> {
	try {
		const signal = AbortSignal.timeout(waitMs)
		const answer = await text(await requestControl(directory, 'GET', '/readyz', { signal }))
		return { is: 'answering', status: (JSON.parse(answer) as { status: string }).status }
	} catch {
		return whoeverHasIt(directory)
	}
}

function whoeverHasIt(directory: string): ServerState {
	try {
		return isDirectoryTaken(directory) ? { is: 'silent' } : { is: 'absent' }
	} catch (error) {
		return { is: 'unknown', why: (error as Error).message }
	}
}

export const serverCheck: Check = { name: 'server', look: ({ server }) => serverFinding(server) }

function serverFinding(server: ServerState): Finding {
	if (server.is === 'absent') return ok('No server runs on this directory')
	if (server.is === 'unknown') {
		return problem(`Whether a server runs here cannot be seen (${server.why}): run this as the user that it runs as`)
	}
	if (server.is === 'silent') {
		return problem(
			'Something has this directory and does not answer: a server that starts, a rebuild or a restore, which end by ' +
				'themselves; or a server that hangs: look at its log, and start it again',
		)
	}
	if (server.status === 'ready') return ok('A server runs on this directory and is ready')
	if (server.status === 'disk_full')
		return problem('The disk is full, and the server refuses what is posted: make room')
	return problem(`A server runs on this directory, but says "${server.status}" of itself: look at its log`)
}
