import { placeOf } from '../../protocol/message-line.ts'
import type { Paint } from './paint.ts'
import { shortened, widthOf } from './width.ts'

export interface UnreadRoom {
	room: string
	unread: number
	/** Somebody calls upon who reads: by name, or since it is a conversation. */
	calls: boolean
}

export interface PromptState {
	/** Undefined: none is open. */
	room: string | undefined
	others: readonly UnreadRoom[]
	/** Messages that are not sent yet. */
	waiting: number
	isOffline: boolean
	isAway: boolean
}

/** Below so many columns there is no place for names. */
const narrowColumns = 60
/** So much of a name tells rooms apart, also on a telephone. */
const roomColumnsMin = 12

/** `#general (2 #dev, 1! @bob) › `, and on a narrow terminal `#general (3!) › `. */
export function promptText(state: PromptState, columns: number, paint: Paint): string {
	const { room, waiting, isOffline, isAway } = state
	// What a server says is a number may be something else.
	const others = state.others.map((other) => ({ ...other, unread: Number(other.unread) }))
	const isNarrow = columns < narrowColumns
	const name = room === undefined ? 'tailroom' : shortened(placeOf(room), Math.max(roomColumnsMin, columns >> 2))
	const notes = [
		...(isOffline ? ['offline'] : []),
		...(waiting > 0 ? [isNarrow ? `${waiting}…` : `${waiting} waiting`] : []),
		...(isAway ? ['away'] : []),
	]
	const unread = isNarrow ? counted(others) : listed(others, columns >> 1)
	const all = [...notes, ...unread]
	const calls = others.some((other) => other.calls)
	const about = all.length === 0 ? '' : ` (${all.join(', ')})`
	return `${paint.bold(name)}${calls || isOffline ? paint.alarm(about) : paint.dim(about)} ${paint.dim('›')} `
}

function counted(others: readonly UnreadRoom[]): string[] {
	const unread = others.reduce((sum, other) => sum + other.unread, 0)
	return unread === 0 ? [] : [`${unread}${others.some(({ calls }) => calls) ? '!' : ''}`]
}

/** Those that call first; as many as there is place for. */
function listed(others: readonly UnreadRoom[], columns: number): string[] {
	const sorted = others.filter(({ unread }) => unread > 0).sort((a, b) => Number(b.calls) - Number(a.calls))
	const texts = sorted.map(({ room, unread, calls }) => `${unread}${calls ? '!' : ''} ${placeOf(room)}`)
	let width = 0
	const fitting = texts.filter((text) => {
		width += widthOf(text) + 2
		return width <= columns
	})
	const left = texts.length - fitting.length
	return left === 0 ? fitting : [...fitting, `+${left}`]
}
