import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { RequestError } from '../errors.ts'
import { hashesAtOnce, hashesWaitingMax, passwordBytesMax, passwordBytesMin } from '../limits.ts'
import { Turns } from '../turns.ts'

/** What a hash of today costs: OWASP's first choice for argon2id. Hashes that are stored name their own. */
const cost: Cost = { memory: 19_456, passes: 2, parallelism: 1 }
const saltBytes = 16
const tagBytes = 32

interface Cost {
	/** KiB. */
	memory: number
	passes: number
	parallelism: number
}

const turns = new Turns(hashesAtOnce, hashesWaitingMax)
const derive = promisify(argon2)

/**
 * The hash under which a new password is stored, as a PHC string. Rejects with `password_unfit` if it is
 * too short, too long or no text, and with `overloaded` if too many wait to be hashed.
 */
export async function hashPassword(password: string): Promise<string> {
	const text = normalised(password)
	if (text.length < passwordBytesMin) {
		throw unfit(`A password has at least ${passwordBytesMin} characters: a few words that do not belong together.`)
	}
	const salt = randomBytes(saltBytes)
	return phcString(cost, salt, await tagOf(text, salt, cost, tagBytes))
}

/**
 * Whether it is the password of that PHC string. Without one (there is no such account, or it has no
 * password) the same work is done and the answer is false, so that the time tells nothing. A password
 * that is too short is merely wrong: those of earlier rules must go on working. Rejects with
 * `password_unfit` if it is too long or no text, with `overloaded` as above. `mayBegin` is asked when its
 * turn has come, and before the work is done: what it throws is thrown.
 */
export async function verifyPassword(
	password: string,
	phc: string | undefined,
	mayBegin: () => void = () => {},
): Promise<boolean> {
	const { cost, salt, tag } = parsePhc(phc ?? nobodys)
	const given = await tagOf(normalised(password), salt, cost, tag.length, mayBegin)
	return timingSafeEqual(given, tag) && phc !== undefined
}

/** The same password, typed on another keyboard, has the same bytes. */
function normalised(password: string): Buffer {
	if (!password.isWellFormed()) throw unfit('A password is text; this one has half of a surrogate pair in it.')
	const text = Buffer.from(password.normalize('NFKC'))
	if (text.length > passwordBytesMax) throw unfit(`A password has at most ${passwordBytesMax} bytes of UTF-8.`)
	return text
}

function unfit(detail: string): RequestError {
	return new RequestError('password_unfit', detail, [{ field: '/password', problem: detail }])
}

function tagOf(message: Buffer, nonce: Buffer, cost: Cost, tagLength: number, mayBegin = () => {}): Promise<Buffer> {
	return turns.run(async () => {
		mayBegin()
		return await derive('argon2id', { message, nonce, tagLength, ...cost })
	})
}

function phcString({ memory, passes, parallelism }: Cost, salt: Buffer, tag: Buffer): string {
	return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

function unpadded(bytes: Buffer): string {
	return bytes.toString('base64').replace(/=+$/, '')
}

function parsePhc(text: string): { cost: Cost; salt: Buffer; tag: Buffer } {
	const [, memory, passes, parallelism, salt, tag] = phcPattern.exec(text) ?? []
	if (salt === undefined || tag === undefined) throw new Error('a password is stored in a form that is not known')
	return {
		cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
		salt: Buffer.from(salt, 'base64'),
		tag: Buffer.from(tag, 'base64'),
	}
}

const phcPattern = /^\$argon2id\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,8})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

/** Of no password that anybody knows. */
const nobodys = phcString(cost, Buffer.alloc(saltBytes), Buffer.alloc(tagBytes))
