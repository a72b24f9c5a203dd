import { contentBytesMax } from '../../commands/limits.ts'

/*
 * What others send is read field by field, and nothing of it is believed to be of any type: what a field
 * is not, is not there.
 */

export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object's fields; none where it is no object. */
export function fieldsOf(value: unknown): Fields {
	return isFields(value) ? value : {}
}

export function listOf(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value : []
}

/** A text or number as text, with plain ends of lines, and no more of it than can be shown; empty where it is neither. */
export function textOf(value: unknown): string {
	if (typeof value === 'number') return String(value)
	if (typeof value !== 'string') return ''
	// One more than fits, so that what is cut is seen to be cut. Marks of our own have no meaning in others' text.
	return value
		.slice(0, contentBytesMax + 1)
		.replace(/[\ue000-\ue002]/g, '\ufffd')
		.replace(/\r\n?/g, '\n')
}

/** The first of them that is there. */
export function firstText(...values: readonly unknown[]): string {
	return values.map(textOf).find((text) => text.trim() !== '') ?? ''
}

/** A time as people read it; empty where it is none, or long ago as Go's zero time. */
export function timeOf(value: unknown): string {
	const time = new Date(textOf(value))
	return time.getTime() > 0 ? `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC` : ''
}
