import { hash, randomInt } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** What a machine makes and somebody carries: each kind begins in its own way. */
const prefixes = { token: 'trt_', session: 'trs_', invite: 'tri_', setup: 'tru_' } as const

export type SecretKind = keyof typeof prefixes

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 32 of 62 characters are 190 bits: nobody guesses one, whatever is known of its hash. */
const randomChars = 32
/** Enough for the 32 bits of the checksum. */
const checksumChars = 6

/** A new secret, 42 characters. It is shown once; what is kept is `hashSecret` of it. */
export function newSecret(kind: SecretKind): string {
	const text = prefixes[kind] + randomText()
	return text + checksum(text)
}

/**
 * A new secret of a hook, which is kept as it is. It is as Standard Webhooks has it: what follows the prefix is 24 bytes
 * in Base64, here without the characters that an address would have to escape.
 */
export function newHookSecret(): string {
	return `whsec_${randomText()}`
}

function randomText(): string {
	return Array.from({ length: randomChars }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** Whether it can be a secret of that kind, without looking anything up: a mistyped one cannot. */
export function isWellFormed(kind: SecretKind, text: string): boolean {
	if (!text.startsWith(prefixes[kind]) || !pattern.test(text)) return false
	return text.slice(-checksumChars) === checksum(text.slice(0, -checksumChars))
}

const pattern = new RegExp(`^tr[a-z]_[0-9A-Za-z]{${randomChars + checksumChars}}$`)

/**
 * What is stored of a secret: SHA-256 in hex. A slow hash is for what people think up; this many random
 * bits are not found by trying.
 */
export function hashSecret(text: string): string {
	return hash('sha256', text, 'hex')
}

/** CRC-32 of what stands before it. */
function checksum(text: string): string {
	let rest = crc32(text)
	let digits = ''
	for (let i = 0; i < checksumChars; i++) {
		digits = alphabet[rest % alphabet.length] + digits
		rest = Math.floor(rest / alphabet.length)
	}
	return digits
}
