import { day, inDays, withSubcommands } from './subcommands.ts'
import { printTable } from './table.ts'

interface Invitation {
	id: string
	role: string
	rooms: string[]
	by: string
	expiresAtMs: number
}

/** `tailroom invite`: each good for one account. */
export const inviteCommand = withSubcommands('invite', {
	summary: 'list, issue and revoke invitations',
	flagHelp: `  --role <role>             owner, admin or member (member)
  --room <room>             a room to belong to, besides general; may be given again
  --days <n>                for how many days it is good (7)
`,
	example: 'tailroom invite add --room team',
	subcommands: {
		list: {
			operands: '',
			summary: 'those that nobody has used',
			async run(ask) {
				const { invites } = await ask<{ invites: Invitation[] }>('GET', '/invites')
				printTable(
					invites.map(({ id, role, rooms, by, expiresAtMs }) => [
						id,
						role,
						rooms.join(','),
						`by ${by}`,
						`until ${day(expiresAtMs)}`,
					]),
				)
			},
		},
		add: {
			operands: '',
			summary: 'issue one, and print its link',
			flags: { role: { type: 'string' }, room: { type: 'string', multiple: true }, days: { type: 'string' } },
			async run(ask, _operands, { role, room, days }) {
				const wanted = { role, rooms: room, ...inDays(days) }
				const { link } = await ask<{ link: string }>('POST', '/invites', wanted)
				process.stdout.write(`${link}\n`)
				if (link.startsWith('/')) process.stderr.write('No server is running here: put its address before this.\n')
			},
		},
		revoke: {
			operands: '<id>',
			summary: 'make one worthless',
			run: (ask, [id]) => ask('DELETE', `/invites/${encodeURIComponent(id ?? '')}`),
		},
	},
})
