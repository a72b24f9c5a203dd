import { type Account, password } from './people.ts'
import type { Right } from './rights-expected.ts'
import type { House } from './rights-house.ts'

/** One way to use a route. */
export interface Call {
	/** Method and address. A GET is tried as HEAD too, where there is one. */
	route: string
	/** What it needs, where that is more than the route declares. */
	right?: Right
	/** The answer to who may; several where it depends on the room. */
	ok: number | readonly number[]
	body?: object | ((of: CallOf) => object | Promise<object>)
	query?: (of: CallOf) => string
	/** What stands for the names in the address besides the room's. */
	path?: (of: CallOf) => Record<string, string> | Promise<Record<string, string>>
	/** It changes the room, so it gets one of its own; `joined`: with the one who is named in the address. */
	room?: 'fresh' | 'joined'
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

/** Every route. The last of them end the caller's session. */
export const calls: readonly Call[] = [
	{ route: 'GET /', ok: 200 },
	{ route: 'GET /ws', ok: 400 },
	{ route: 'GET /healthz', ok: 200 },
	{ route: 'GET /readyz', ok: 200 },
	{ route: 'GET /setup', ok: 200 },
	{ route: 'GET /invite', ok: 200 },
	{ route: 'GET /assets/style.css', ok: 200 },
	{ route: 'GET /assets/join.js', ok: 200 },
	{ route: 'POST /setup', ok: 410, body: { code: 'tru_', name: 'x', password } },
	{ route: 'POST /sessions', ok: 422, body: { name: other, password: 'x'.repeat(1_025) } },
	{ route: 'POST /invites/accept', ok: 400, body: { code: 'tri_', name: '?', password } },

	{ route: 'GET /rooms', ok: 200 },
	{ route: 'GET /events', right: 'follow all', ok: 200, query: () => '?until=head' },
	{ route: 'GET /presence', ok: 200 },
	// Past the right, there is no open stream that the state could be of.
	{ route: 'PUT /presence', ok: 422, body: { state: 'away' } },

	{ route: 'GET /rooms/:room', ok: 200 },
	{ route: 'PUT /rooms/:room', ok: [200, 201], body: { topic: 'another' }, room: 'fresh' },
	{ route: 'GET /rooms/:room/members', ok: 200 },
	{
		route: 'PUT /rooms/:room/members/:user',
		right: 'change-members',
		ok: 201,
		body: {},
		path: () => ({ user: other }),
		room: 'fresh',
	},
	{
		route: 'DELETE /rooms/:room/members/:user',
		right: 'change-members',
		ok: 204,
		path: () => ({ user: other }),
		room: 'joined',
	},
	{
		route: 'PUT /rooms/:room/members/:user',
		right: 'join',
		ok: [200, 201],
		body: {},
		path: () => ({ user: 'me' }),
		room: 'fresh',
	},
	{
		route: 'DELETE /rooms/:room/members/:user',
		right: 'leave',
		ok: 204,
		path: () => ({ user: 'me' }),
		room: 'fresh',
	},
	{ route: 'GET /rooms/:room/messages', ok: 200 },
	{ route: 'POST /rooms/:room/messages', ok: 201, body: { content: 'hello' }, room: 'fresh' },
	{ route: 'GET /rooms/:room/messages/:id', ok: 200, path: ({ messageId }) => ({ id: messageId || noId }) },
	{ route: 'GET /rooms/:room/presence', ok: 200 },
	{ route: 'GET /rooms/:room/events', right: 'follow', ok: 200, query: () => '?until=head' },

	{ route: 'GET /users', ok: 200 },
	{ route: 'GET /users/:name', ok: 200, path: () => ({ name: other }) },
	{ route: 'POST /users', ok: 201, body: ({ house }) => ({ name: house.newName('bot') }) },
	{
		route: 'PATCH /users/:name',
		ok: 200,
		path: (of) => ({ name: whose(of) }),
		body: ({ house }) => ({ displayName: house.newName('called') }),
	},
	{ route: 'DELETE /users/:name/sessions', ok: 204, path: () => ({ name: other }) },

	{ route: 'GET /tokens', ok: 200, query: (of) => `?user=${whose(of)}` },
	{ route: 'POST /tokens', ok: 201, body: (of) => ({ user: whose(of) }) },
	{ route: 'DELETE /tokens/:id', ok: 204, path: async (of) => ({ id: await of.house.newToken(whose(of)) }) },
	{ route: 'GET /invites', ok: 200 },
	{ route: 'POST /invites', ok: 201, body: {} },
	{ route: 'DELETE /invites/:id', ok: 204, path: async ({ house }) => ({ id: await house.newInvitation() }) },
	{ route: 'GET /audit', ok: 200 },

	{ route: 'GET /sessions', ok: 200 },
	{ route: 'DELETE /sessions/:id', ok: 204, path: async (of) => ({ id: await of.house.newSession(whose(of)) }) },
	{ route: 'DELETE /sessions/current', ok: 204 },
	{ route: 'DELETE /sessions', ok: 204, comesAgain: true },
]
