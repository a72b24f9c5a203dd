import { type Actor, system } from '../../src/commands/actor.ts'
import { listUsers } from '../../src/projections/users.ts'
import { among, byServer, type Deed, pick, slugs, userIn } from './deed.ts'

/** What is done to accounts, and by whoever wants to have one. */
export const deedsOfAccounts = {
	erase: {
		weight: 2,
		ask(house, { who, how }) {
			const also = how % 3 === 0 ? {} : { messages: true as const }
			return byServer({ type: 'EraseUser', name: userIn(house, who).name, ...also })
		},
	},
	'finish erasing': { weight: 5, ask: () => byServer({ type: 'FinishErasing' }) },
	invite: {
		weight: 3,
		ask({ users }, { which, how }, unique) {
			const actor = among<Actor>([system, ...users.filter(({ role }) => role === 'admin')], how)
			const rooms = [among(slugs, which)]
			return { actor, command: { type: 'IssueInvitation', codeHash: `code ${unique}`, role: 'member', rooms } }
		},
	},
	accept: {
		weight: 3,
		ask({ views, guests }, { who, which }, unique) {
			const open = views.prepare('SELECT code_hash FROM invitations ORDER BY position').pluck().all() as string[]
			const account = { name: `guy-${unique}`, tokenHash: `token ${unique}`, passwordHash: 'secret' }
			const codeHash = pick(open, which) ?? 'no code'
			return { actor: among(guests, who), command: { type: 'AcceptInvitation', ...account, codeHash } }
		},
	},
	'revoke invitation': {
		weight: 3,
		ask({ views }, { which }) {
			const ids = views.prepare('SELECT invitation_id FROM invitations ORDER BY position').pluck().all() as string[]
			return byServer({ type: 'RevokeInvitation', invitationId: pick(ids, which) ?? 'none' })
		},
	},
	'change account': {
		weight: 4,
		ask(house, { who, how, text }) {
			const { name } = userIn(house, who)
			const changes = [
				{ displayName: text },
				{ displayName: 'D' },
				{ role: 'admin' },
				{ role: 'member' },
				{ passwordHash: 'another secret' },
			] as const
			return byServer({ type: 'ChangeUser', name, ...among(changes, how) })
		},
	},
	/** Who is out comes back in. */
	'let in or out': {
		weight: 2,
		ask({ views, nameOf }, { who }) {
			const all = listUsers(views)
			const out = all.filter(({ active }) => !active)
			const user = pick(out.length > 0 ? out : all, who)
			return byServer({ type: 'ChangeUser', name: nameOf(user?.userId ?? ''), active: user?.active === false })
		},
	},
	'sign in': {
		weight: 2,
		ask(house, { who }, unique) {
			const { userId } = userIn(house, who)
			const passwordPosition = listUsers(house.views).find((user) => user.userId === userId)?.passwordPosition ?? 0
			const from = { address: '10.0.0.1', agent: 'a browser' }
			return byServer({ type: 'OpenSession', userId, passwordPosition, secretHash: `session ${unique}`, ...from })
		},
	},
	'sign out': {
		weight: 2,
		ask({ views }, { which, how }) {
			const sql = 'SELECT user_id AS userId, session_id AS sessionId FROM sessions ORDER BY position'
			const { userId, sessionId } = pick(views.all<{ userId: string; sessionId: string }>(sql), which) ?? none
			return byServer({ type: 'EndSessions', userId, ...(how % 2 === 0 ? {} : { sessionId }) })
		},
	},
	/** Mostly to who has none any more, and so can do nothing. */
	'issue a token': {
		weight: 4,
		ask(house, { who }, unique) {
			const without = house.users.filter(({ credential }) => credential.id === 'none')
			const { name } = without.length > 0 ? among(without, who) : userIn(house, who)
			return byServer({ type: 'IssueToken', name, secretHash: `token ${unique}`, label: 'another', scope: 'full' })
		},
	},
	'revoke a token': {
		weight: 1,
		ask({ views }, { which }) {
			const ids = views.prepare('SELECT token_id FROM tokens ORDER BY position').pluck().all() as string[]
			return byServer({ type: 'RevokeToken', tokenId: pick(ids, which) ?? 'none' })
		},
	},
	'issue a hook': {
		weight: 3,
		ask(house, { who, which, how, text }, unique) {
			const { name } = userIn(house, who)
			const inUrl = how % 2 === 0 ? {} : { secretInUrl: true as const }
			const hook = { name, room: among(slugs, which), secret: `secret ${unique}`, label: text, ...inUrl }
			return byServer({ type: 'IssueHook', ...hook })
		},
	},
	'issue a webhook': {
		weight: 3,
		ask(house, { who, which, how, text }, unique) {
			const { name } = userIn(house, who)
			const where = how % 2 === 0 ? {} : { room: among(slugs, which) }
			const filter = how % 3 === 0 ? {} : { filter: `content == "${unique}"` }
			const webhook = { name, url: `https://bot.example.org/${unique}`, secret: `secret ${unique}`, label: text }
			return byServer({ type: 'IssueWebhook', ...webhook, ...where, ...filter })
		},
	},
	'revoke a webhook': {
		weight: 1,
		ask({ views }, { which }) {
			const ids = views.prepare('SELECT webhook_id FROM webhooks ORDER BY position').pluck().all() as string[]
			return byServer({ type: 'RevokeWebhook', webhookId: pick(ids, which) ?? 'none' })
		},
	},
	'revoke a hook': {
		weight: 1,
		ask({ views }, { which }) {
			const ids = views.prepare('SELECT hook_id FROM hooks ORDER BY position').pluck().all() as string[]
			return byServer({ type: 'RevokeHook', hookId: pick(ids, which) ?? 'none' })
		},
	},
	'try a password': {
		weight: 2,
		ask: (house, { who }) =>
			byServer({
				type: 'RecordAttempt',
				attempt: 'sign-in',
				userId: userIn(house, who).userId,
				address: '10.0.0.2',
				agent: 'a script',
			}),
	},
	'forget addresses': { weight: 3, ask: () => byServer({ type: 'EraseAddresses' }) },
} satisfies Record<string, Deed>

const none = { userId: 'nobody', sessionId: 'none' }
