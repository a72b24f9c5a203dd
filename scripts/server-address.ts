import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** Where a server listens that was just started, as it says on its stdout. Throws if it ends, or says nothing for 30 s. */
export async function addressOf(server: ChildProcess): Promise<string> {
	const signal = AbortSignal.timeout(30_000)
	for await (const line of createInterface({ input: server.stdout as Readable, signal })) {
		const [, address] = / listens on (\S+)$/.exec(line) ?? []
		if (address !== undefined) return address
	}
	throw new Error('The server did not start.')
}
