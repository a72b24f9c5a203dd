import { day, inDays, withSubcommands } from './subcommands.ts'
import { printTable } from './table.ts'

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
				const { tokens } = await ask<{ tokens: Token[] }>('GET', `/tokens?user=${encodeURIComponent(user ?? '')}`)
				printTable(
					tokens.map(({ id, name, scope, rooms, lastUsedAtMs, expiresAtMs }) => [
						id,
						name,
						scope,
						rooms === undefined ? 'all rooms' : rooms.join(','),
						`used ${day(lastUsedAtMs)}`,
						`until ${day(expiresAtMs)}`,
					]),
				)
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
				const { token } = await ask<{ token: string }>('POST', '/tokens', { user, ...wanted })
				process.stdout.write(`${token}\n`)
			},
		},
		revoke: {
			operands: '<id>',
			summary: 'make one worthless, at once',
			run: (ask, [id]) => ask('DELETE', `/tokens/${encodeURIComponent(id ?? '')}`),
		},
	},
})
