import t from 'tap'
import { directStream } from '../../src/events/direct.ts'
import { isReads, readsIn, readsStream } from '../../src/events/reads.ts'

const [ada, bob] = ['user-01K00000000000000000000ADA', 'user-01K00000000000000000000B0B'] as const

t.test('a stream of reads says whose it is, and of which room', async (t) => {
	for (const roomId of ['room-01K0000000000000000000R00M', directStream(ada, bob), directStream(bob, bob)]) {
		const streamId = readsStream(roomId, bob)
		t.ok(isReads(streamId), streamId)
		t.notOk(isReads(roomId), roomId)
		t.same(readsIn(streamId), { roomId, userId: bob })
	}
	t.notOk(isReads(ada))
})
