import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

/** What becomes of a connection. Bytes are those that come from the server, but for `cutUp`. */
export type Fate =
	| { kind: 'good' }
	/** Both sides are reset after so many bytes of the answers. */
	| { kind: 'cut'; afterBytes: number }
	/** The same, after so many bytes of the requests: whether the server has heard of it, nobody knows. */
	| { kind: 'cutUp'; afterBytes: number }
	/** The server's side ends after so many bytes, as if it had said all; the other one goes on. */
	| { kind: 'halfClose'; afterBytes: number }
	/** Nothing comes any more, and nothing says so; after a while it is reset. */
	| { kind: 'stall'; afterBytes: number }
	/** Each piece comes later. */
	| { kind: 'delay'; ms: number }
	/** So many bytes come at a time, with 5 ms between. */
	| { kind: 'throttle'; bytes: number }

/** A stalled connection that nobody has given up by then is reset: no test waits for a timeout of TCP. */
const stallMsMax = 1_500

/** A line between clients and a server, on which each connection has a fate of its own. */
export class BadLine {
	readonly url: string
	/** Where the server is now. */
	port: number
	/** For the connections that come. */
	nextFate: () => Fate = () => ({ kind: 'good' })
	/** How many connections had each fate. */
	readonly counts: Record<string, number> = {}
	readonly #sockets = new Set<Socket>()

	constructor(url: string, port: number) {
		this.url = url
		this.port = port
	}

	/** Resets every connection that there is. */
	cutAll(): void {
		for (const socket of this.#sockets) breakOff(socket)
	}

	join(client: Socket): void {
		const fate = this.nextFate()
		this.counts[fate.kind] = (this.counts[fate.kind] ?? 0) + 1
		const server = connect(this.port, '127.0.0.1')
		const reset = () => {
			breakOff(client)
			server.destroy()
		}
		for (const socket of [client, server]) {
			this.#sockets.add(socket)
			socket.on('error', reset)
			socket.on('close', () => {
				this.#sockets.delete(socket)
				reset()
			})
		}
		if (fate.kind === 'cutUp') passUntil(client, server, fate.afterBytes, reset)
		else client.pipe(server)
		switch (fate.kind) {
			case 'cut':
				return passUntil(server, client, fate.afterBytes, reset)
			case 'halfClose':
				return passUntil(server, client, fate.afterBytes, () => client.end())
			case 'stall':
				return passUntil(server, client, fate.afterBytes, () => setTimeout(reset, stallMsMax))
			case 'delay':
				server.on('data', (bytes) => setTimeout(() => client.writable && client.write(bytes), fate.ms))
				server.on('end', () => setTimeout(() => client.end(), fate.ms))
				return
			case 'throttle':
				// A connection that breaks is reset by its error alone.
				return void throttle(server, client, fate.bytes).catch(() => {})
			default:
				server.pipe(client)
		}
	}
}

/** Opens a line to a server's port; closed with the test. */
export async function openBadLine(t: Test, port: number): Promise<BadLine> {
	const listener = createServer({ allowHalfOpen: true }, (socket) => line.join(socket))
	listener.listen(0, '127.0.0.1')
	await once(listener, 'listening')
	const line: BadLine = new BadLine(`http://127.0.0.1:${(listener.address() as AddressInfo).port}`, port)
	t.teardown(() => {
		line.cutAll()
		listener.close()
	})
	return line
}

/** Resets it. In Node a socket that was ended before keeps a handle that nothing closes, and the process never exits. */
function breakOff(socket: Socket): void {
	if (socket.writableEnded) socket.destroy()
	else socket.resetAndDestroy()
}

/** Passes so many bytes on, and then nothing. */
function passUntil(from: Socket, to: Socket, bytes: number, then: () => void): void {
	let left = bytes
	from.on('data', (chunk: Buffer) => {
		if (left < 0) return
		to.write(chunk.subarray(0, left))
		left -= chunk.length
		if (left > 0) return
		left = -1
		then()
	})
	from.on('end', () => to.end())
}

async function throttle(from: Socket, to: Socket, bytes: number): Promise<void> {
	for await (const chunk of from) {
		for (let at = 0; at < chunk.length && to.writable; at += bytes) {
			to.write(chunk.subarray(at, at + bytes))
			await new Promise((resolve) => setTimeout(resolve, 5))
		}
	}
	to.end()
}
