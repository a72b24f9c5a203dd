import { isIP } from 'node:net'
import { dayMs, keptMsMax } from '../../commands/limits.ts'

/*
 * What a value is called on the command line, in the environment and in a config file, and what it means. Each throws
 * with what it must be, to be said after the place where it stands.
 */

export function integer(text: string, max: number): number {
	const value = Number(text)
	if (/^[0-9]{1,7}$/.test(text) && value <= max) return value
	throw new Error(`must be a whole number from 0 to ${max}`)
}

export function boolean(text: string): boolean {
	if (text === 'true' || text === '1') return true
	if (text === 'false' || text === '0') return false
	throw new Error('must be true or false')
}

export function addresses(text: string): string[] {
	const list = text.split(',').map((part) => part.trim())
	const isAddress = (part: string) => {
		const [address = '', bits] = part.split('/')
		const bitsMax = isIP(address) === 4 ? 32 : 128
		return isIP(address) !== 0 && (bits === undefined || (/^[0-9]{1,3}$/.test(bits) && Number(bits) <= bitsMax))
	}
	if (list.every(isAddress)) return list
	throw new Error('must be addresses like 127.0.0.1 or 10.0.0.0/8')
}

export function url(text: string): URL {
	const value = URL.parse(text)
	const isPlain = value !== null && /^https?:$/.test(value.protocol) && value.href === `${value.origin}/`
	if (isPlain && isHost(value.hostname)) return value
	throw new Error(
		'must be an address like https://chat.example.org, with nothing before or after the host and its port',
	)
}

/** As it stands in links, not a pattern. */
function isHost(name: string): boolean {
	return /^[a-z0-9._-]+$/.test(name) || name.startsWith('[')
}

/** How long messages are kept: never a number alone, which some would take for days. */
export function age(text: string): number {
	if (/^[0-9]+$/.test(text) && Number(text) !== 0) throw new Error('needs a unit, as in 12h or 30d')
	return milliseconds(text, keptMsMax)
}

/** A number alone is seconds. */
export function milliseconds(text: string, max: number): number {
	const match = /^([0-9]{1,6}(?:\.[0-9]{1,3})?)(ms|s|m|h|d)?$/.exec(text)
	const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: dayMs }[match?.[2] ?? 's'] ?? 1_000
	const value = Math.round(Number(match?.[1]) * unit)
	if (value <= max) return value
	throw new Error(`must be a time like 5s, 500ms, 1m, 12h or 30d, and at most ${max / 1_000}s`)
}
