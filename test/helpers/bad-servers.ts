import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

const selfSigned = readFileSync(new URL('../fixtures/self-signed.pem', import.meta.url))

/** A server that is none of ours, and what it answers to everything. */
export async function startBadServer(t: Test, answer: RequestListener): Promise<string> {
	return await listening(t, createServer(answer), 'http')
}

/** One whose certificate nobody has signed but itself. */
export async function startSelfSigned(t: Test): Promise<string> {
	return await listening(t, createTlsServer({ key: selfSigned, cert: selfSigned }), 'https')
}

async function listening(t: Test, server: Server, scheme: string): Promise<string> {
	server.listen(0, '127.0.0.1')
	await once(server, 'listening')
	t.teardown(() => {
		server.closeAllConnections()
		server.close()
	})
	return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Answers everything with that. */
export function always(status: number, type: string, body: string): RequestListener {
	return (_request, response) => response.writeHead(status, { 'Content-Type': type }).end(body)
}

/** Nothing listens there. */
export async function freeAddress(): Promise<string> {
	const server = createServer().listen(0, '127.0.0.1')
	await once(server, 'listening')
	const { port } = server.address() as AddressInfo
	server.close()
	await once(server, 'close')
	return `http://127.0.0.1:${port}`
}
