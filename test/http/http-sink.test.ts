import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { ndjson } from '../../src/http/delivery/encoding.ts'
import { HttpSink } from '../../src/http/delivery/http-sink.ts'
import { stuckSocket } from '../helpers/follower.ts'
import { inTime } from '../helpers/writer.ts'

t.test('who does not take the end of a stream is cut', async (t) => {
	const server = createServer()
	t.teardown(() => server.close())
	server.listen(0, '127.0.0.1')
	await once(server, 'listening')
	const { port } = server.address() as AddressInfo
	const asked = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>
	const stuck = await stuckSocket(`http://127.0.0.1:${port}`, '/', 'mute')
	t.teardown(() => stuck.destroy())
	const [request, response] = await asked
	const sink = new HttpSink(request, response, ndjson, 50)
	const closed = once(response, 'close')
	// More than the sockets of both ends hold.
	sink.write(Buffer.alloc(32 * 1024 * 1024, 'x'))
	sink.end('rights_lost')
	await inTime(closed, 'the server', 10)
	t.ok(request.socket.destroyed)
})
