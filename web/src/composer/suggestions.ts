import { searchEmoji } from '../emoji/emoji.ts'
import { me } from '../state/chat.ts'
import { displayNameOf } from '../state/people.ts'
import type { Asked } from './asked.ts'
import { knowEmoji } from './emoji-names.ts'
import { knownRooms, peopleIn } from './known.ts'
import { bestOf } from './matching.ts'

/** Something that could be meant. */
export interface Suggestion {
	/** What is written then. */
	text: string
	/** As it is called in the list, without its sign. */
	name: string
	/** What else is said of it. */
	hint: string
	kind: 'person' | 'everybody' | 'room' | 'private-room' | 'emoji'
}

const suggestionsMax = 8

/** What could be meant by a few letters, the likeliest first. */
export type Suggest = (query: string) => Suggestion[]

/** All that there is of a kind is asked for; what is typed meanwhile is looked up in it at once. */
export async function suggesting(kind: Asked['kind'], room: string): Promise<Suggest> {
	if (kind === ':') return emoji()
	const all = kind === '@' ? await people(room) : await rooms()
	return (query) =>
		bestOf(all, query, suggestionsMax, ({ name, hint, kind }) => (kind === 'everybody' ? [name] : [name, hint]))
}

async function people(room: string): Promise<Suggestion[]> {
	const persons = (await peopleIn(room)).map((name): Suggestion => {
		const displayName = displayNameOf(name)
		return { text: `@${name}`, name, hint: displayName === name ? '' : displayName, kind: 'person' }
	})
	const calls = me.peek()?.role !== 'guest' && !room.startsWith('@')
	const everybody = { text: '@room', name: 'room', hint: 'Everybody in this room', kind: 'everybody' } as const
	return calls ? [...persons, everybody] : persons
}

async function rooms(): Promise<Suggestion[]> {
	return (await knownRooms()).map(({ room, title, visibility }) => ({
		text: `#${room}`,
		name: room,
		hint: title === room ? '' : title,
		kind: visibility === 'private' ? 'private-room' : 'room',
	}))
}

async function emoji(): Promise<Suggest> {
	const all = await knowEmoji()
	return (query) =>
		searchEmoji(all, query, suggestionsMax).map(({ emoji, names: [name = ''] }) => ({
			text: emoji,
			name: `:${name}:`,
			hint: '',
			kind: 'emoji',
		}))
}
