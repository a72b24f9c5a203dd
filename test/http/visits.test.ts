import { once } from 'node:events'
import t, { type Test } from 'tap'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson } from '../helpers/http.ts'
import { eventsInLog } from '../helpers/log.ts'
import { type Account, addMember, addPerson, putRoom, removeMember } from '../helpers/people.ts'
import { openSse } from '../helpers/sse.ts'
import { until } from '../helpers/until.ts'
import { openWebSocket, type Received } from '../helpers/websocket.ts'

/** A room, who belongs to it and sees who comes and goes, and somebody who does not. */
async function startRoom(t: Test, visibility: 'open' | 'private') {
	const { url, owner, directory } = await startHouse(t)
	const ann = await addPerson(url, owner, 'ann')
	await putRoom(url, owner, 'plans', { visibility })
	const follow = async ({ headers }: Account) => {
		const reader = await openWebSocket(t, `${url.replace('http', 'ws')}/ws`, headers)
		await reader.ask({ type: 'subscribe', room: 'plans' }, 'live')
		return reader
	}
	const witness = await follow(owner)
	return {
		...{ url, owner, ann, directory, follow, witness },
		/** What the others hear of her next. */
		next: (wanted: string) => witness.until(({ userId, action }) => userId === 'ann' && action === wanted),
		present: async () => {
			const { users } = (await ask(url, '/rooms/plans/presence', owner)).json
			return users.map(({ userId }: Received) => userId)
		},
		/** Comings and goings so far; what was on its way is among them. */
		async visits() {
			await askJson(url, '/rooms/plans/messages', { content: 'hi' }, owner)
			const all = eventsInLog(directory).filter(({ type }) => type.startsWith('Visitor'))
			return all.map(({ type }) => type)
		},
	}
}

async function close({ socket }: Awaited<ReturnType<typeof openWebSocket>>): Promise<void> {
	const gone = once(socket, 'close')
	socket.close()
	await gone
}

t.test('a visitor who becomes a member is one of the room, and going is no leave', async (t) => {
	const { url, owner, ann, follow, witness, next, present, visits } = await startRoom(t, 'open')
	const reader = await follow(ann)
	await next('join')
	await addMember(url, owner, 'plans', 'ann')
	await next('add')
	t.same(await present(), ['owner', 'ann'])
	await close(reader)
	await until(async () => !(await present()).includes('ann'))
	t.same(await visits(), ['VisitorJoined'])
	t.notOk(witness.received.some(({ action }) => action === 'leave'))
	await close(await follow(ann))
	t.same(await visits(), ['VisitorJoined'])
})

t.test('who leaves a room that they follow on visits it, over WebSocket and HTTP', async (t) => {
	const { url, owner, ann, follow, next, present, visits } = await startRoom(t, 'open')
	await addMember(url, owner, 'plans', 'ann')
	const stream = await openSse(t, `${url}/rooms/plans/events`, ann.headers)
	await stream.untilType('live')
	await removeMember(url, ann, 'plans', 'ann')
	await next('join')
	t.same((await present()).sort(), ['ann', 'owner'])
	await addMember(url, owner, 'plans', 'ann')
	const socket = await follow(ann)
	stream.close()
	await removeMember(url, owner, 'plans', 'ann')
	await next('join')
	await close(socket)
	await next('leave')
	t.same(await visits(), ['VisitorJoined', 'VisitorJoined', 'VisitorLeft'])
})

t.test('who loses a room does not visit it, nor who followed it no longer', async (t) => {
	for (const visibility of ['open', 'private'] as const) {
		const { url, owner, ann, follow, visits } = await startRoom(t, visibility)
		await addMember(url, owner, 'plans', 'ann')
		const stream = await openSse(t, `${url}/events`, ann.headers)
		await stream.untilType('live')
		const socket = await follow(ann)
		if (visibility === 'open') await socket.ask({ type: 'unsubscribe', room: 'plans' }, 'unsubscribed')
		await removeMember(url, owner, 'plans', 'ann')
		t.same(await visits(), [])
	}
})
