import { sse } from '../../src/http/delivery/encoding.ts'
import type { Sink } from '../../src/http/delivery/subscription.ts'

/** A sink that keeps what is written, and whether it was cut. Its reader takes it all, unless a test says otherwise. */
export function recordingSink() {
	const written: string[] = []
	const sink: Sink & { isCut: boolean; pendingBytes: number } = {
		encoding: sse,
		transport: 'sse',
		pendingBytes: 0,
		isCut: false,
		write: (bytes) => void written.push(String(bytes)),
		control: ({ type }) => void written.push(type),
		mark: () => void written.push('mark'),
		acquire: () => undefined,
		release() {},
		drained: async () => true,
		end: (bye) => void written.push(`bye ${bye}`),
		cut() {
			sink.isCut = true
		},
	}
	return { sink, written }
}
