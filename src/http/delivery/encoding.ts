import type { ControlFrame, Frame } from '../../protocol/frames.ts'
import { messageLine } from '../../protocol/message-line.ts'
import type { Filter } from './filter.ts'

/** How frames become bytes. `json` is the frame already serialised: that happens once for all. */
export interface Encoding {
	readonly name: 'sse' | 'ndjson' | 'text' | 'websocket'
	encode(frame: Frame | ControlFrame, json: string): string | Buffer
	/** What goes around the bytes of one write. */
	wrap?(bytes: Buffer): Buffer
}

export const sse: Encoding = {
	name: 'sse',
	encode(frame, json) {
		// A message has no event name, so that EventSource.onmessage gets it.
		const event = frame.type === 'message' ? '' : `event: ${frame.type}\n`
		const id = 'cursor' in frame ? `id: ${frame.cursor}\n` : ''
		return `${event}${id}data: ${json}\n\n`
	},
}

export const ndjson: Encoding = { name: 'ndjson', encode: (_frame, json) => `${json}\n` }

/** For people: a line a message, and what they must know to trust what they read. */
export const text: Encoding = {
	name: 'text',
	encode(frame) {
		if (frame.type === 'message') return messageLine(frame)
		if (frame.type === 'hello' && frame.mode === 'reset') {
			return `# that cursor cannot be used (${frame.reason}): following from now\n`
		}
		if (frame.type === 'bye') return `# the server ends this stream: ${frame.reason}\n`
		return ''
	},
}

export const websocket: Encoding = { name: 'websocket', encode: (_frame, json) => webSocketFrame(json) }

/**
 * A text frame from server to client (RFC 6455, section 5.2): unmasked, so the same bytes serve
 * every subscriber.
 */
export function webSocketFrame(json: string): Buffer {
	const length = Buffer.byteLength(json)
	const headBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10
	const bytes = Buffer.allocUnsafe(headBytes + length)
	bytes[0] = 0x81
	if (headBytes === 2) {
		bytes[1] = length
	} else if (headBytes === 4) {
		bytes[1] = 126
		bytes.writeUInt16BE(length, 2)
	} else {
		bytes[1] = 127
		bytes.writeBigUInt64BE(BigInt(length), 2)
	}
	bytes.write(json, headBytes)
	return bytes
}

/**
 * The same for a body in chunks (RFC 9112, section 7.1): one chunk a write, made once for all
 * readers, where a response of Node's would make it again for each.
 */
export const inChunks: { readonly [Name in Encoding['name']]: Encoding } = {
	sse: chunked(sse),
	ndjson: chunked(ndjson),
	text: chunked(text),
	websocket,
}

function chunked({ name, encode }: Encoding): Encoding {
	return {
		name,
		encode,
		wrap(bytes) {
			// An empty chunk would be the end of the body.
			if (bytes.length === 0) return bytes
			return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, lineEnd])
		},
	}
}

const lineEnd = Buffer.from('\r\n')

/** Some frames in order, and their bytes in each encoding, made once for all who get just these. */
export class FrameBatch {
	readonly frames: readonly Frame[]
	/** The position of the last of them that has a cursor. */
	readonly cursorPosition: number | undefined
	readonly #bytes = new Map<Encoding, Buffer>()
	/** Those of them that filters want, the same for all who have one. */
	readonly matching: Map<Filter, FrameBatch> = new Map()
	#json: string[] | undefined

	constructor(frames: readonly Frame[]) {
		this.frames = frames
		this.cursorPosition = frames.findLast((frame) => 'cursor' in frame)?.position
	}

	bytes(encoding: Encoding): Buffer {
		let bytes = this.#bytes.get(encoding)
		if (bytes === undefined) {
			this.#json ??= this.frames.map((frame) => JSON.stringify(frame))
			const json = this.#json
			bytes = wrapped(
				encoding,
				this.frames.map((frame, i) => encoding.encode(frame, json[i] as string)),
			)
			this.#bytes.set(encoding, bytes)
		}
		return bytes
	}
}

/** How long a client waits before it comes back: not all in the same moment after a restart. */
export function encodeRetry(encoding: Encoding, milliseconds: number): Buffer {
	return encoding.name === 'sse' ? wrapped(encoding, [`retry: ${milliseconds}\n`]) : Buffer.alloc(0)
}

export function encodeControl(encoding: Encoding, frame: ControlFrame): Buffer {
	return wrapped(encoding, [encoding.encode(frame, JSON.stringify(frame))])
}

function wrapped(encoding: Encoding, parts: readonly (string | Buffer)[]): Buffer {
	const bytes = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
	return encoding.wrap === undefined ? bytes : encoding.wrap(bytes)
}
