import { chmodSync, existsSync, openSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { controlConnectionsMax } from './limits.ts'

/*
 * The control socket: the same HTTP, on a Unix socket that only those can open who can read the data
 * directory. Whoever asks there is the machine's administration.
 */

/**
 * Where it is. The address of a Unix socket has about a hundred bytes; where the directory's name is
 * longer, Linux knows it by a descriptor too, which stays open with the process.
 */
export function controlPath(directory: string): string {
	const path = join(directory, 'control.sock')
	if (Buffer.byteLength(path) <= addressBytesMax || !existsSync('/proc/self/fd')) return path
	return `/proc/self/fd/${openSync(directory, 'r')}/control.sock`
}

/** macOS has 104, Linux 108, each with a zero at the end. */
const addressBytesMax = 100

/** Begins to answer at the control socket. A socket that a killed server left behind is replaced. */
export async function listenForControl(directory: string, answer: RequestListener): Promise<Server> {
	const path = controlPath(directory)
	rmSync(path, { force: true })
	const server = createServer(answer)
	server.on('connection', (socket) => control.add(socket))
	server.maxConnections = controlConnectionsMax
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject)
		server.listen(path, resolve)
	})
	chmodSync(path, 0o600)
	return server
}

/** Whether a request came over the control socket. */
export function isControl(socket: Socket): boolean {
	return control.has(socket)
}

const control = new WeakSet<Socket>()
