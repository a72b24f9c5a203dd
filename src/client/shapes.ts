import type { RoomAnswer } from '../protocol/answers.ts'
import type { StreamFrame } from './line.ts'

/** The fields without which a frame says nothing; texts, then numbers. Others are looked at by nobody, or may be absent. */
const fields: { readonly [Type in StreamFrame['type']]: readonly [texts: string, numbers: string] } = {
	message: ['room id sender content cursor', 'position sequence timestamp'],
	edit: ['room id sender content cursor', 'position sequence timestamp'],
	delete: ['room id by reason cursor', 'position sequence timestamp'],
	clear: ['room by reason cursor', 'position through timestamp'],
	reaction: ['room id userId emoji action cursor', 'position timestamp'],
	member: ['room userId action role cursor', 'position timestamp'],
	room: ['room title topic visibility cursor', 'position timestamp'],
	read: ['room userId cursor', 'position sequence timestamp'],
	presence: ['userId action state', 'position timestamp'],
	presence_count: ['room', 'present'],
	typing: ['room userId', ''],
	hello: ['cursor mode', ''],
	live: ['cursor', ''],
	mark: ['cursor', ''],
	bye: ['reason', ''],
}

/** Whether a frame, or a message of a page, has what its type promises. One of an unknown type has. */
export function isWholeFrame(frame: { type: string }): boolean {
	const [texts, numbers] = Object.hasOwn(fields, frame.type) ? fields[frame.type as StreamFrame['type']] : ['', '']
	const { mentions = [], reactions = [] } = frame as { mentions?: unknown; reactions?: unknown }
	return (
		has(frame, texts, 'string') &&
		has(frame, numbers, 'number') &&
		isListOf(mentions, isText) &&
		isListOf(reactions, isReaction)
	)
}

/** The same of a room in a snapshot. */
export function isWholeRoom(room: RoomAnswer): boolean {
	return has(room, 'room title topic visibility', 'string') && has(room, 'sequence unread mentions', 'number')
}

function has(value: object, names: string, type: 'string' | 'number'): boolean {
	const given = value as Record<string, unknown>
	return names === '' || names.split(' ').every((name) => typeof given[name] === type)
}

function isListOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
	return Array.isArray(value) && value.every(isOne)
}

function isText(value: unknown): boolean {
	return typeof value === 'string'
}

function isReaction(value: unknown): boolean {
	const { emoji, users } = (value ?? {}) as { emoji?: unknown; users?: unknown }
	return isText(emoji) && isListOf(users, isText)
}
