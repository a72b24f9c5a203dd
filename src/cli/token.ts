import { day, inDays, withSubcommands } from './subcommands.ts'
import { tableOf } from './table.ts'

interface Token {
	id: string
	name: string
	scope: string
	rooms?: string[]
	lastUsedAtMs?: number
	expiresAtMs?: number
}

/** `tailroom token`: access tokens for scripts and bots. */
export const tokenCommand = withSubcommands('token', {
	summary: 'list, issue and revoke access tokens',
	flagHelp: `  --label <text>            what it is for
  --scope <scope>           read, write or full (write)
  --room <room>             a room that it opens, and no other; may be given again
  --days <n>                for how many days it is good (for ever)
`,
	example: 'tailroom token add ci --label builds --room builds',
	subcommands: {
		list: {
			operands: '<user>',
			summary: 'the tokens of somebody',
			async run(ask, [user]) {
				const answer = await ask<{ tokens: Token[] }>('GET', `/tokens?user=${encodeURIComponent(user ?? '')}`)
				const row = ({ id, name, scope, rooms, lastUsedAtMs, expiresAtMs }: Token) => [
					id,
					name,
					scope,
					rooms === undefined ? 'all rooms' : rooms.join(','),
					`used ${day(lastUsedAtMs)}`,
					`until ${day(expiresAtMs)}`,
				]
				return { answer, text: tableOf(answer.tokens.map(row)) }
			},
		},
		add: {
			operands: '<user>',
			summary: 'issue one, and print it: it is shown only this once',
			flags: {
				label: { type: 'string' },
				scope: { type: 'string' },
				room: { type: 'string', multiple: true },
				days: { type: 'string' },
			},
			async run(ask, [user], { label, scope, room, days }) {
				const wanted = { name: label, scope, rooms: room, ...inDays(days) }
				const answer = await ask<{ token: string }>('POST', '/tokens', { user, ...wanted })
				return { answer, text: `${answer.token}\n` }
			},
		},
		revoke: {
			operands: '<id>',
			summary: 'make one worthless, at once',
			run: async (ask, [id]) => ({ answer: await ask('DELETE', `/tokens/${encodeURIComponent(id ?? '')}`) }),
		},
	},
})
