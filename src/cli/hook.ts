import { day, withSubcommands } from './subcommands.ts'
import { tableOf } from './table.ts'

interface Hook {
	id: string
	url: string
	name: string
	room?: string
	secretInUrl: boolean
	lastUsedAtMs?: number
}

/** `tailroom hook`: by which other programs say something in a room. */
export const hookCommand = withSubcommands('hook', {
	summary: 'list, issue and revoke hooks, by which other programs say something in a room',
	flagHelp: `  --label <text>            what it is for
  --secret-in-url           for programs that can send nothing but an address; it stands in the logs of proxies then
`,
	example: 'tailroom hook add grafana alerts --label production',
	subcommands: {
		list: {
			operands: '<user>',
			summary: 'the hooks that speak as somebody',
			async run(ask, [user]) {
				const answer = await ask<{ hooks: Hook[] }>('GET', `/hooks?user=${encodeURIComponent(user ?? '')}`)
				const row = ({ id, room = '-', name, secretInUrl, lastUsedAtMs }: Hook) => [
					id,
					room,
					name,
					secretInUrl ? 'secret in its address' : '',
					`used ${day(lastUsedAtMs)}`,
				]
				return { answer, text: tableOf(answer.hooks.map(row)) }
			},
		},
		add: {
			operands: '<user> <room>',
			summary: 'issue one, and print where it is, its secret, and how to try it',
			flags: { label: { type: 'string' }, 'secret-in-url': { type: 'boolean' } },
			async run(ask, [user, room], { label, 'secret-in-url': secretInUrl }) {
				const wanted = { user, room, name: label, secretInUrl }
				const answer = await ask<{ url: string; secret: string }>('POST', '/hooks', wanted)
				const { url, secret } = answer
				const header = secretInUrl === true ? '' : ` -H 'Authorization: Bearer ${secret}'`
				const text = `url     ${url}\nsecret  ${secret}\n\ncurl${header} -d 'hello' ${url}\n`
				const hint = url.startsWith('/') ? 'No server is running here: put its address before /hooks.\n' : undefined
				return { answer, text, hint }
			},
		},
		revoke: {
			operands: '<id>',
			summary: 'make one worthless, at once',
			run: async (ask, [id]) => ({ answer: await ask('DELETE', `/hooks/${encodeURIComponent(id ?? '')}`) }),
		},
	},
})
