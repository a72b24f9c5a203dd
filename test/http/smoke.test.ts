import t from 'tap'
import { startServer } from '../helpers/server.ts'
import { openSse } from '../helpers/sse.ts'
import { openWebSocket } from '../helpers/websocket.ts'

t.test('a message that is posted reaches who follows over SSE and over WebSocket as the same object', async (t) => {
	const server = await startServer(t)
	const sse = await openSse(t, `${server.url}/rooms/general/events`)
	const socket = await openWebSocket(t, server.webSocketUrl)
	await sse.untilType('live')
	await socket.ask({ type: 'subscribe', room: 'general', userId: 'ada' }, 'live')

	const posted = await server.post('general', 'hello')

	t.same((await sse.untilType('message')).data, posted)
	t.same(await socket.untilType('message'), posted)
	t.equal(await server.stop(), 0)
})
