import { hash } from 'node:crypto'

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
	return sha256(Buffer.from(`tailroom log ${logId}`))
}

/**
 * SHA-256(previous fingerprint ‖ each column, length-prefixed ‖ body digest).
 *
 * The digest stands for the body, so a chain can still be checked after a body was erased.
 */
export function nextFingerprint(previous: Buffer, row: FingerprintedRow): Buffer {
	const columns = [
		String(row.position),
		row.streamId,
		row.eventId,
		row.type,
		String(row.schemaVersion),
		String(row.recordedAt),
		row.metadata,
		row.data,
	]
	const prefixed = columns.map((column) => `${Buffer.byteLength(column)}:${column}`).join('')
	return sha256(Buffer.concat([previous, Buffer.from(prefixed), row.bodyDigest ?? noBody]))
}

/** SHA-256(salt ‖ body): without the salt, an erased "yes" could be guessed from its digest. */
export function bodyDigest(salt: Buffer, body: string): Buffer {
	return sha256(Buffer.concat([salt, Buffer.from(body)]))
}

const noBody = Buffer.alloc(32)

function sha256(bytes: Buffer): Buffer {
	return hash('sha256', bytes, 'buffer')
}
