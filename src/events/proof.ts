import { bodyDigest, digestBytes, type FingerprintedRow, nextFingerprint } from './fingerprint.ts'

export const saltBytes = 16

/** Salt, digest of the body and fingerprint as one value of SQL: three cost three times as much to read. */
export const proofColumn = "CAST(ifnull(salt, '') || ifnull(body_digest, '') || fingerprint AS BLOB) AS proof"

/** What an event's row says to prove itself. */
export interface Proof {
	/** null also once the body is erased. */
	salt: Buffer | null
	/** null if there never was a body. */
	bodyDigest: Buffer | null
	fingerprint: Buffer
}

/** The parts of a value of `proofColumn`. */
export function proofOf(value: Buffer): Proof {
	const fingerprint = value.subarray(-digestBytes)
	const salted = value.length - 2 * digestBytes
	if (salted < 0) return { salt: null, bodyDigest: null, fingerprint }
	return {
		salt: salted === 0 ? null : value.subarray(0, salted),
		bodyDigest: value.subarray(salted, -digestBytes),
		fingerprint,
	}
}

/** Throws if the fingerprint does not follow from the one before and from what the event says. */
export function checkLink(previous: Buffer, row: FingerprintedRow, fingerprint: Buffer): void {
	if (nextFingerprint(previous, row).equals(fingerprint)) return
	throw new Error('its fingerprint does not follow from the event before it and from its own content')
}

/**
 * Throws if the body is not the one that was written. What was said is never told in other words, and
 * nothing counts as erased that still has its salt.
 */
export function checkBody(body: string | null, { salt, bodyDigest: digest }: Proof): void {
	const isAsWritten =
		body === null ? salt === null : salt !== null && digest !== null && bodyDigest(salt, body).equals(digest)
	if (!isAsWritten) throw new Error('its text is not the one that was written')
}
