import { withSubcommands } from './subcommands.ts'
import { tableOf } from './table.ts'

interface Webhook {
	id: string
	url: string
	name: string
	room?: string
	state: string
	behind: number
	problem?: string
}

/** `tailroom webhook`: by which what happens is posted to other programs. */
export const webhookCommand = withSubcommands('webhook', {
	summary: 'list, issue and revoke webhooks, by which what happens is posted to other programs',
	flagHelp: `  --room <room>             one room (all that the user belongs to)
  --label <text>            what it is for
  --filter <expression>     the frames that are wanted: type == "message"
  --after <cursor>          where to begin (now); 0 posts everything
  --replies                 what is answered to a message is said
`,
	example: `tailroom webhook add robot https://bot.example.org/hear --room general`,
	subcommands: {
		list: {
			operands: '<user>',
			summary: 'the webhooks of somebody, and how far they are',
			async run(ask, [user]) {
				const answer = await ask<{ webhooks: Webhook[] }>('GET', `/webhooks?user=${encodeURIComponent(user ?? '')}`)
				const row = ({ id, url, name, room = 'all rooms', state, behind, problem = '' }: Webhook) => [
					id,
					room,
					url,
					name,
					state,
					`${behind} behind`,
					problem,
				]
				return { answer, text: tableOf(answer.webhooks.map(row)) }
			},
		},
		add: {
			operands: '<user> <url>',
			summary: 'issue one, and print its secret: it is shown only this once',
			flags: {
				room: { type: 'string' },
				label: { type: 'string' },
				filter: { type: 'string' },
				after: { type: 'string' },
				replies: { type: 'boolean' },
			},
			async run(ask, [user, url], { room, label, filter, after, replies }) {
				const wanted = { user, url, room, name: label, filter, after, replies }
				const answer = await ask<{ id: string; secret: string }>('POST', '/webhooks', wanted)
				return { answer, text: `id      ${answer.id}\nsecret  ${answer.secret}\n` }
			},
		},
		revoke: {
			operands: '<id>',
			summary: 'end one, at once',
			run: async (ask, [id]) => ({ answer: await ask('DELETE', `/webhooks/${encodeURIComponent(id ?? '')}`) }),
		},
	},
})
