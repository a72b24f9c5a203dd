import { keptMessagesMax } from '../commands/limits.ts'
import { UsageError } from './command.ts'
import { age, integer } from './config/values.ts'
import { withSubcommands } from './subcommands.ts'
import { tableOf } from './table.ts'

interface Room {
	room: string
	title: string
	visibility: string
	archived: boolean
	sequence: number
}

/** `tailroom room`: rooms, and who belongs to them. */
export const roomCommand = withSubcommands('room', {
	summary: 'list, open and change rooms, and who belongs to them',
	flagHelp: `  --visibility <how>        open or private; for put
  --title <text>            for put
  --topic <text>            for put
  --unarchive               for put: let people speak in it again
  --history-limit <n>       keep so many of its newest messages; none: as the server is told; for put
  --history-ttl <time>      keep messages so long: 12h, 30d; none: as the server is told; for put
  --role <role>             member or moderator; for add
`,
	example: 'tailroom room put team --visibility private --title "The team"',
	subcommands: {
		list: {
			operands: '',
			summary: 'all rooms, private ones too',
			async run(ask) {
				const answer = await ask<{ rooms: Room[] }>('GET', '/rooms')
				const row = ({ room, visibility, archived, sequence, title }: Room) => [
					room,
					archived ? `${visibility}, archived` : visibility,
					`${sequence} messages`,
					title,
				]
				return { answer, text: tableOf(answer.rooms.map(row)) }
			},
		},
		put: {
			operands: '<room>',
			summary: 'open a room, or change one',
			flags: {
				visibility: { type: 'string' },
				title: { type: 'string' },
				topic: { type: 'string' },
				unarchive: { type: 'boolean' },
				'history-limit': { type: 'string' },
				'history-ttl': { type: 'string' },
			},
			async run(ask, [room], { visibility, title, topic, unarchive, 'history-limit': limit, 'history-ttl': ttl }) {
				const archived = unarchive === true ? false : undefined
				const historyLimit = ownLimit('--history-limit', limit, (text) => integer(text, keptMessagesMax))
				const historyTtlMs = ownLimit('--history-ttl', ttl, age)
				const change = { visibility, title, topic, archived, historyLimit, historyTtlMs }
				const answer = await ask<Room>('PUT', path(room), change)
				return { answer, text: `${answer.room}: ${answer.visibility}, ${answer.title}\n` }
			},
		},
		archive: {
			operands: '<room>',
			summary: 'keep a room to be read, with nothing said in it any more',
			run: async (ask, [room]) => ({ answer: await ask('DELETE', path(room)) }),
		},
		members: {
			operands: '<room>',
			summary: 'who belongs to it',
			async run(ask, [room]) {
				const answer = await ask<{ members: { userId: string; role: string }[] }>('GET', `${path(room)}/members`)
				return { answer, text: tableOf(answer.members.map(({ userId, role }) => [userId, role])) }
			},
		},
		add: {
			operands: '<room> <user>',
			summary: 'make somebody a member',
			flags: { role: { type: 'string' } },
			run: async (ask, [room, user], { role }) => ({ answer: await ask('PUT', memberPath(room, user), { role }) }),
		},
		remove: {
			operands: '<room> <user>',
			summary: 'end a membership',
			run: async (ask, [room, user]) => ({ answer: await ask('DELETE', memberPath(room, user)) }),
		},
	},
})

/** `none` takes the room's own back. */
function ownLimit(flag: string, text: unknown, parse: (text: string) => number): number | null | undefined {
	if (typeof text !== 'string') return undefined
	if (text === 'none') return null
	try {
		return parse(text)
	} catch (error) {
		throw new UsageError(`${flag}: ${(error as Error).message}`)
	}
}

function memberPath(room: string | undefined, user = ''): string {
	return `${path(room)}/members/${encodeURIComponent(user)}`
}

function path(room = ''): string {
	return `/rooms/${encodeURIComponent(room)}`
}
