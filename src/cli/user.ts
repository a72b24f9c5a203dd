import { text } from 'node:stream/consumers'
import type { Ask } from './administration.ts'
import { type Said, withSubcommands } from './subcommands.ts'
import { tableOf } from './table.ts'

interface User {
	name: string
	displayName: string
	role: string
	active: boolean
}

/** `tailroom user`: the people of a server. */
export const userCommand = withSubcommands('user', {
	summary: 'list, add, change, deactivate and erase people',
	flagHelp: `  --role <role>             owner, admin, member or bot; for add (member)
  --password                read a password from standard input; for add
  --messages                erase what they wrote too; for erase
`,
	example: 'echo "$PASSWORD" | tailroom user add ada --role admin --password',
	subcommands: {
		list: {
			operands: '',
			summary: 'everybody, with role',
			async run(ask) {
				const answer = await ask<{ users: User[] }>('GET', '/users')
				const row = ({ name, role, active, displayName }: User) => [
					name,
					role,
					active ? '' : 'deactivated',
					displayName,
				]
				return { answer, text: tableOf(answer.users.map(row)) }
			},
		},
		add: {
			operands: '<name>',
			summary: 'make an account, and print its first token',
			flags: { role: { type: 'string' }, password: { type: 'boolean' } },
			async run(ask, [name], { role = 'member', password }) {
				const secret = password === true ? { password: await passwordFromInput() } : {}
				const answer = await ask<{ token: string }>('POST', '/users', { name, role, ...secret })
				return { answer, text: `${answer.token}\n` }
			},
		},
		role: {
			operands: '<name> <role>',
			summary: 'make somebody an owner, an admin or a member',
			run: (ask, [name, role]) => change(ask, name, { role }),
		},
		password: {
			operands: '<name>',
			summary: 'set a password, read from standard input; ends all sessions and tokens',
			run: async (ask, [name]) => change(ask, name, { password: await passwordFromInput() }),
		},
		deactivate: {
			operands: '<name>',
			summary: 'nobody acts under this account until it is activated again',
			run: (ask, [name]) => change(ask, name, { active: false }),
		},
		activate: {
			operands: '<name>',
			summary: 'let somebody in again',
			run: (ask, [name]) => change(ask, name, { active: true }),
		},
		'sign-out': {
			operands: '<name>',
			summary: 'end all sessions of somebody',
			run: async (ask, [name]) => ({
				answer: await ask('DELETE', `/users/${encodeURIComponent(name ?? '')}/sessions`),
			}),
		},
		erase: {
			operands: '<name>',
			summary: 'erase what names somebody, for good; nobody is called so again',
			flags: { messages: { type: 'boolean' } },
			async run(ask, [name], { messages }) {
				const path = `/users/${encodeURIComponent(name ?? '')}${messages === true ? '?messages=true' : ''}`
				return { answer: await ask('DELETE', path) }
			},
		},
	},
})

async function change(ask: Ask, name: string | undefined, change: object): Promise<Said> {
	const user = await ask<User>('PATCH', `/users/${encodeURIComponent(name ?? '')}`, change)
	return { answer: user, text: `${user.name}: ${user.role}${user.active ? '' : ', deactivated'}\n` }
}

/** One line; never an argument, which everybody on the machine can read. */
async function passwordFromInput(): Promise<string> {
	if (process.stdin.isTTY) process.stderr.write('Password, then Enter and Ctrl-D: ')
	return (await text(process.stdin)).replace(/\r?\n$/, '')
}
