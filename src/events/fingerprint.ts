import { hash } from 'node:crypto'

/** Of a fingerprint and of a body's digest. */
export const digestBytes = 32

/** The columns of an event that its fingerprint covers, as they are stored. */
export interface FingerprintedRow {
	position: number
	streamId: string
	eventId: string
	type: string
	schemaVersion: number
	recordedAt: number
	metadata: string
	data: string
	bodyDigest: Buffer | null
}

/** Where the chain begins: a log's own identity, so that even position 0 tells two logs apart. */
export function genesisFingerprint(logId: string): Buffer {
	return sha256(noBytes, `tailroom log ${logId}`, noBytes)
}

/**
 * SHA-256(previous fingerprint ‖ each column, length-prefixed ‖ body digest).
 *
 * The digest stands for the body, so a chain can still be checked after a body was erased.
 */
export function nextFingerprint(previous: Buffer, row: FingerprintedRow): Buffer {
	const columns =
		prefixed(String(row.position)) +
		prefixed(row.streamId) +
		prefixed(row.eventId) +
		prefixed(row.type) +
		prefixed(String(row.schemaVersion)) +
		prefixed(String(row.recordedAt)) +
		prefixed(row.metadata) +
		prefixed(row.data)
	return sha256(previous, columns, row.bodyDigest ?? noBody)
}

/** SHA-256(salt ‖ body): without the salt, an erased "yes" could be guessed from its digest. */
export function bodyDigest(salt: Buffer, body: string): Buffer {
	return sha256(salt, body, noBytes)
}

function prefixed(column: string): string {
	return `${Buffer.byteLength(column)}:${column}`
}

const noBody = Buffer.alloc(digestBytes)
const noBytes = Buffer.alloc(0)

/**
 * Where the bytes of nearly every event fit, also of one with a message of the largest size: a buffer for
 * each would be garbage beside the heap, of which nobody is told in time. Nothing is kept in it from one
 * call to the next.
 */
const scratch = Buffer.allocUnsafeSlow(256 * 1024)

/** Of these parts one after the other. */
function sha256(before: Buffer, text: string, after: Buffer): Buffer {
	// A character is at most three bytes of UTF-8.
	const bytesMax = before.length + 3 * text.length + after.length
	const bytes = bytesMax <= scratch.length ? scratch : Buffer.allocUnsafe(bytesMax)
	let end = before.copy(bytes)
	end += bytes.write(text, end)
	end += after.copy(bytes, end)
	// By way of a string, which takes a third of the time of a new buffer.
	return Buffer.from(hash('sha256', bytes.subarray(0, end), 'latin1'), 'latin1')
}
