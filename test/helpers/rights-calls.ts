import { type Account, password } from './people.ts'
import type { Right } from './rights-expected.ts'
import type { House, Need } from './rights-house.ts'

/** One way to use a route. */
export interface Call {
	/** Method and address. A GET is tried as HEAD too, where there is one. */
	route: string
	/** What it needs. */
	right: Right
	/** What the route declares, where that is less: the rest is decided where the room is known. */
	declares?: Right
	/** The answer to who may; several where it depends on the room. */
	ok: number | readonly number[]
	body?: object | ((of: CallOf) => object | Promise<object>)
	query?: (of: CallOf) => string
	/** What stands for the names in the address besides the room's. */
	path?: (of: CallOf) => Record<string, string> | Promise<Record<string, string>>
	/** It changes the room, so it gets one of its own. */
	room?: Need
	/** The call before it has signed the caller out. */
	comesAgain?: true
}

export interface CallOf {
	house: House
	/** Whose account it is; undefined for who has none. */
	person: Account | undefined
	/** A message of the room that the call is tried in. */
	messageId: string
}

/** Somebody who is not the caller. */
const other = 'other'
const whose = ({ person }: CallOf) => person?.name ?? other
const noId = '01K00000000000000000000000'
const theMessage = ({ messageId }: CallOf) => ({ id: messageId || noId })

/** Every route. The last of them end the caller's session. */
export const calls: readonly Call[] = [
	{ route: 'GET /', right: 'public', ok: 200 },
	{ route: 'GET /ws', right: 'public', ok: 400 },
	{ route: 'GET /healthz', right: 'public', ok: 200 },
	{ route: 'GET /readyz', right: 'public', ok: 200 },
	{ route: 'GET /setup', right: 'public', ok: 303 },
	{ route: 'GET /invite', right: 'public', ok: 200 },
	{ route: 'GET /welcome', right: 'public', ok: 200 },
	{ route: 'GET /chat', right: 'public', ok: 200 },
	{ route: 'GET /chat/*', right: 'public', ok: 200 },
	{ route: 'GET /settings', right: 'public', ok: 200 },
	{ route: 'GET /settings/*', right: 'public', ok: 200 },
	{ route: 'GET /manifest.webmanifest', right: 'public', ok: 200 },
	{ route: 'GET /sw.js', right: 'public', ok: 200 },
	{ route: 'GET /icons/*', right: 'public', ok: 404 },
	{ route: 'GET /assets/*', right: 'public', ok: 404 },
	{ route: 'POST /setup', right: 'public', ok: 410, body: { code: 'tru_', name: 'x', password } },
	{ route: 'POST /sessions', right: 'public', ok: 422, body: { name: other, password: 'x'.repeat(1_025) } },
	{ route: 'POST /invites/accept', right: 'public', ok: 400, body: { code: 'tri_', name: '?', password } },

	// Who has the secret is heard, whoever they are; who has none is nobody, whoever they are.
	{
		route: 'POST /hooks/:id/:secret',
		right: 'public',
		ok: 201,
		body: { text: 'hello' },
		path: async ({ house }) => ({ ...(await house.newHook('founder')) }),
	},
	{ route: 'POST /hooks/:id', right: 'public', ok: 401, body: { text: 'hello' }, path: () => ({ id: noId }) },

	{ route: 'GET /rooms', right: 'look-around', ok: 200 },
	{ route: 'GET /events', right: 'follow all', declares: 'look-around', ok: 200, query: () => '?until=head' },
	{ route: 'GET /search', right: 'look-around', ok: 200, query: () => '?q=hi' },
	{ route: 'GET /sync', right: 'follow all', declares: 'look-around', ok: 200 },
	{ route: 'GET /presence', right: 'see-presence', ok: 200 },
	// Past the right, there is no open stream that the state could be of.
	{ route: 'PUT /presence', right: 'be-present', ok: 422, body: { state: 'away' } },

	{ route: 'GET /rooms/:room', right: 'read', ok: 200 },
	{ route: 'PUT /rooms/:room', right: 'change-room', ok: [200, 201], body: { topic: 'another' }, room: 'fresh' },
	{ route: 'GET /rooms/:room/wait', right: 'follow', declares: 'read', ok: 204, query: () => '?timeoutMs=0' },
	{ route: 'GET /rooms/:room/members', right: 'read', ok: 200 },
	{
		route: 'PUT /rooms/:room/members/:user',
		right: 'change-members',
		declares: 'read',
		ok: 201,
		body: {},
		path: () => ({ user: other }),
		room: 'fresh',
	},
	{
		route: 'DELETE /rooms/:room/members/:user',
		right: 'change-members',
		declares: 'read',
		ok: 204,
		path: () => ({ user: other }),
		room: 'joined',
	},
	{
		route: 'PUT /rooms/:room/members/:user',
		right: 'join',
		declares: 'read',
		ok: [200, 201],
		body: {},
		path: () => ({ user: 'me' }),
		room: 'fresh',
	},
	{
		route: 'DELETE /rooms/:room/members/:user',
		right: 'leave',
		declares: 'read',
		ok: 204,
		path: () => ({ user: 'me' }),
		room: 'fresh',
	},
	{ route: 'DELETE /rooms/:room', right: 'archive', declares: 'change-room', ok: 204, room: 'fresh' },
	...['bans', 'mutes'].flatMap((which): Call[] => [
		{ route: `GET /rooms/:room/${which}`, right: 'moderate', ok: 200 },
		{
			route: `PUT /rooms/:room/${which}/:user`,
			right: 'moderate',
			ok: 200,
			body: { reason: 'spam' },
			path: () => ({ user: other }),
			room: 'joined',
		},
		{
			route: `DELETE /rooms/:room/${which}/:user`,
			right: 'moderate',
			ok: 204,
			path: () => ({ user: other }),
			room: 'fresh',
		},
	]),
	{ route: 'GET /rooms/:room/messages', right: 'read', ok: 200 },
	{ route: 'POST /rooms/:room/messages', right: 'post', ok: 201, body: { content: 'hello' }, room: 'fresh' },
	{ route: 'GET /rooms/:room/messages/:id', right: 'read', ok: 200, path: theMessage },
	{ route: 'GET /rooms/:room/messages/:id/replies', right: 'read', ok: 200, path: theMessage },
	{ route: 'DELETE /rooms/:room/messages', right: 'moderate', ok: 200, room: 'fresh' },
	{
		route: 'PATCH /rooms/:room/messages/:id',
		right: 'edit',
		ok: 200,
		body: { content: 'hello' },
		path: theMessage,
		room: 'said',
	},
	{
		route: 'DELETE /rooms/:room/messages/:id',
		right: 'take back',
		declares: 'read',
		ok: 204,
		path: theMessage,
		room: 'said',
	},
	{
		route: 'DELETE /rooms/:room/messages/:id',
		right: 'moderate',
		declares: 'read',
		ok: 204,
		path: theMessage,
		room: 'heard',
	},
	...(['PUT', 'DELETE'] as const).map(
		(method): Call => ({
			route: `${method} /rooms/:room/messages/:id/reactions/:emoji`,
			right: 'react',
			ok: 204,
			path: ({ messageId }) => ({ id: messageId || noId, emoji: encodeURIComponent('👍') }),
		}),
	),
	{ route: 'PUT /rooms/:room/read', right: 'mark-read', ok: 200, body: { sequence: 0 } },
	{ route: 'PUT /rooms/:room/unread', right: 'mark-read', ok: 200, body: { sequence: 1 } },
	{ route: 'GET /rooms/:room/presence', right: 'read', ok: 200 },
	{ route: 'GET /rooms/:room/events', right: 'follow', declares: 'read', ok: 200, query: () => '?until=head' },

	{ route: 'GET /users', right: 'see-users', ok: 200 },
	{ route: 'GET /users/:name', right: 'see-users', ok: 200, path: () => ({ name: other }) },
	{ route: 'POST /users', right: 'change-users', ok: 201, body: ({ house }) => ({ name: house.newName('bot') }) },
	{
		route: 'PATCH /users/:name',
		right: 'change-account',
		ok: 200,
		path: (of) => ({ name: whose(of) }),
		body: ({ house }) => ({ displayName: house.newName('called') }),
	},
	{ route: 'DELETE /users/:name/sessions', right: 'change-users', ok: 204, path: () => ({ name: other }) },

	{ route: 'GET /tokens', right: 'handle-tokens', ok: 200, query: (of) => `?user=${whose(of)}` },
	{ route: 'POST /tokens', right: 'handle-tokens', ok: 201, body: (of) => ({ user: whose(of) }) },
	{
		route: 'DELETE /tokens/:id',
		right: 'handle-tokens',
		ok: 204,
		path: async (of) => ({ id: await of.house.newToken(whose(of)) }),
	},
	{ route: 'GET /webhooks', right: 'handle-tokens', ok: 200, query: (of) => `?user=${whose(of)}` },
	{
		route: 'POST /webhooks',
		right: 'handle-tokens',
		ok: 201,
		body: (of) => ({ user: whose(of), url: 'https://bot.example.org/' }),
	},
	{
		route: 'DELETE /webhooks/:id',
		right: 'handle-tokens',
		ok: 204,
		path: async (of) => ({ id: await of.house.newWebhook(whose(of)) }),
	},
	{ route: 'GET /hooks', right: 'handle-tokens', ok: 200, query: (of) => `?user=${whose(of)}` },
	{ route: 'POST /hooks', right: 'handle-tokens', ok: 201, body: (of) => ({ user: whose(of), room: 'general' }) },
	{
		route: 'DELETE /hooks/:id',
		right: 'handle-tokens',
		ok: 204,
		path: async (of) => ({ id: (await of.house.newHook(whose(of))).id }),
	},
	{ route: 'GET /invites', right: 'invite', ok: 200 },
	{ route: 'POST /invites', right: 'invite', ok: 201, body: {} },
	{
		route: 'DELETE /invites/:id',
		right: 'invite',
		ok: 204,
		path: async ({ house }) => ({ id: await house.newInvitation() }),
	},
	{ route: 'GET /audit', right: 'read-audit', ok: 200 },
	{ route: 'GET /metrics', right: 'read-metrics', ok: 200 },
	{ route: 'POST /rebuild', right: 'operate', ok: 200 },

	{
		route: 'PUT /consumers/:name',
		right: 'own-consumers',
		ok: [200, 201],
		body: { cursor: 0 },
		path: () => ({ name: 'phone' }),
	},
	{ route: 'GET /consumers', right: 'own-consumers', ok: 200 },
	{ route: 'GET /consumers/:name', right: 'own-consumers', ok: 200, path: () => ({ name: 'phone' }) },
	{ route: 'DELETE /consumers/:name', right: 'own-consumers', ok: 204, path: () => ({ name: 'phone' }) },

	{ route: 'GET /sessions', right: 'own-sessions', ok: 200 },
	{
		route: 'DELETE /sessions/:id',
		right: 'own-sessions',
		ok: 204,
		path: async (of) => ({ id: await of.house.newSession(whose(of)) }),
	},
	{ route: 'DELETE /sessions/current', right: 'own-sessions', ok: 204 },
	{ route: 'DELETE /sessions', right: 'own-sessions', ok: 204, comesAgain: true },
	// The very last: there is nobody any more who could come again.
	{
		route: 'DELETE /users/:name',
		right: 'change-account',
		ok: 204,
		path: async ({ house, person }) => ({ name: person?.name ?? (await house.newPerson()) }),
		comesAgain: true,
	},
]
