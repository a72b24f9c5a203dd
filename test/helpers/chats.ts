import { isDeepStrictEqual } from 'node:util'
import type { Test } from 'tap'
import { type Chat, type ChatOptions, connect, type Timeline } from '../../src/client/node.ts'
import { ask } from './http.ts'
import type { Account } from './people.ts'
import { until } from './until.ts'

/** A client that is live, of an account or a guest; closed with the test. */
export async function openChat(t: Test, options: ChatOptions): Promise<Chat> {
	const chat = connect(options)
	t.teardown(() => chat.close())
	await chat.untilLive()
	return chat
}

/** Opens a room in a client, and waits until it shows what there is. */
export async function openRoom(chat: Chat, room: string): Promise<Timeline> {
	const timeline = chat.open(room)
	await until(() => timeline.state !== 'loading')
	return timeline
}

/** Waits until a client knows what its server would tell one that begins now; in the end it is compared. */
export async function sameAsServer(
	t: Test,
	url: string,
	{ headers }: Pick<Account, 'headers'> | { headers: Record<string, string> },
	chat: Chat,
	timelines: readonly Timeline[] = [],
): Promise<void> {
	const there = async () => {
		const { rooms, presence } = (await ask(url, '/sync', { headers })).json
		const histories = await Promise.all(
			timelines.map(async ({ room, messages }) => {
				// Only what it shows: it need not have all.
				const after = (messages[0]?.sequence ?? 1) - 1
				const path = `/rooms/${encodeURIComponent(room)}/messages?limit=500&after=${after}`
				return (await ask(url, path, { headers })).json.messages
			}),
		)
		const present = presence?.users.map(({ userId, state }: Record<string, string>) => `${userId} ${state}`).sort()
		return { rooms, histories, presence: present ?? [] }
	}
	const shown = () => {
		const rooms = [...chat.rooms.values()].map(({ asOf: _, ...known }) => known)
		rooms.sort((a, b) => (a.room < b.room ? -1 : 1))
		const histories = timelines.map(({ messages }) => messages.map(({ asOf: _, ...message }) => message))
		const presence = [...chat.presence.values()].map(({ userId, state }) => `${userId} ${state}`).sort()
		return { rooms, histories, presence }
	}
	// After the time that the slowest of it takes, the comparison says what is not the same.
	const giveUpAt = Date.now() + 10_000
	let both = [shown(), await there()]
	await until(async () => {
		both = [shown(), await there()]
		return isDeepStrictEqual(both[0], both[1]) || Date.now() > giveUpAt
	})
	t.same(both[0], both[1], 'the client knows what there is')
}
