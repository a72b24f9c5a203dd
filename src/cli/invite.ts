import { day, inDays, withSubcommands } from './subcommands.ts'
import { tableOf } from './table.ts'

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
				const answer = await ask<{ invites: Invitation[] }>('GET', '/invites')
				const row = ({ id, role, rooms, by, expiresAtMs }: Invitation) => [
					id,
					role,
					rooms.join(','),
					`by ${by}`,
					`until ${day(expiresAtMs)}`,
				]
				return { answer, text: tableOf(answer.invites.map(row)) }
			},
		},
		add: {
			operands: '',
			summary: 'issue one, and print its link',
			flags: { role: { type: 'string' }, room: { type: 'string', multiple: true }, days: { type: 'string' } },
			async run(ask, _operands, { role, room, days }) {
				const wanted = { role, rooms: room, ...inDays(days) }
				const answer = await ask<{ link: string }>('POST', '/invites', wanted)
				const { link } = answer
				const hint = link.startsWith('/') ? 'No server is running here: put its address before this.\n' : undefined
				return { answer, text: `${link}\n`, hint }
			},
		},
		revoke: {
			operands: '<id>',
			summary: 'make one worthless',
			run: async (ask, [id]) => ({ answer: await ask('DELETE', `/invites/${encodeURIComponent(id ?? '')}`) }),
		},
	},
})
