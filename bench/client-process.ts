import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { connect } from '../src/client/node.ts'

// One client that catches up, in a process of its own: how long it takes, and what it keeps.
const [, , url = '', transport = ''] = process.argv
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const heapBytes = () => {
	collect()
	return process.memoryUsage().heapUsed
}
const heapBefore = heapBytes()
const startedAt = performance.now()
const cpuBefore = process.cpuUsage()
const chat = connect({ url, token: 'trt_bench', transport: transport as 'sse' | 'websocket' })
const general = chat.open('general')
chat.listen({
	frame({ type }) {
		if (type !== 'live') return
		const { user, system } = process.cpuUsage(cpuBefore)
		const milliseconds = performance.now() - startedAt
		const { unread } = chat.rooms.get('general') ?? {}
		const heap = heapBytes() - heapBefore
		process.stdout.write(
			`${JSON.stringify({ milliseconds, cpuMs: (user + system) / 1_000, heap, unread, kept: general.messages.length })}\n`,
		)
		process.exit(0)
	},
})
