import t, { type Test } from 'tap'
import { system, type User } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import type { RecordedEvent } from '../../src/events/log.ts'
import { Identities } from '../../src/http/auth/identities.ts'
import { hashSecret, newSecret } from '../../src/http/auth/secrets.ts'
import { Uses } from '../../src/http/auth/uses.ts'
import { Delivery } from '../../src/http/delivery/delivery.ts'
import type { Scope } from '../../src/http/delivery/scope.ts'
import { Subscription } from '../../src/http/delivery/subscription.ts'
import { socketBytesMax } from '../../src/http/limits.ts'
import { Names } from '../../src/projections/names.ts'
import { findRoom } from '../../src/projections/rooms.ts'
import { startWriting } from '../helpers/sequencer.ts'
import { recordingSink } from '../helpers/sink.ts'

/** A delivery over a log in memory, where bob is in the private room of an owner. */
async function setting(t: Test) {
	const writing = startWriting(t)
	const { log, views } = writing
	const { of: nameOf } = new Names(views, log)
	const uses = new Uses(log, { recordUses() {} })
	t.teardown(() => uses.stop())
	const identities = new Identities({ log, views, nameOf, uses, config: { guests: false, publicUrl: undefined } })
	const delivery = new Delivery({
		log,
		views,
		deepReader: { read: async (): Promise<RecordedEvent[]> => [], stop: async () => {} },
		frames: { nameOf, erasureOf: () => undefined },
		renew: (actor) => identities.renew(actor),
		forget: (userIds) => identities.forget(userIds),
		renewConnections() {},
		failed: (error) => t.fail(String(error)),
	})
	t.teardown(() => delivery.stop('stopping'))

	const user = async (name: string, role: 'owner' | 'member'): Promise<User> => {
		const token = newSecret('token')
		const command: Command = { type: 'AddUser', name, role, tokenHash: hashSecret(token) }
		await writing.run(writing.submit(command, { actor: system }))
		return identities.byToken(token)
	}
	const owner = await user('olga', 'owner')
	const bob = await user('bob', 'member')
	const change = (command: Command) => writing.submit(command, { actor: owner })
	await writing.run(change({ type: 'ChangeRoom', room: 'den', visibility: 'private' }))
	await writing.run(change({ type: 'AddMember', room: 'den', name: 'bob' }))
	const den = findRoom(views, 'den')?.roomId as string
	const post = (content: string) => writing.post(content, { room: 'den', actor: owner })
	const follow = (
		scope: Scope,
		sink: ReturnType<typeof recordingSink>['sink'],
		after = delivery.advance().position,
	) => {
		const subscription = new Subscription(delivery, { actor: bob, scope, sink, after })
		delivery.follow(subscription)
		return subscription
	}
	return { writing, delivery, bob, change, post, follow, inDen: { kind: 'room', streamId: den } as const }
}

t.test('whoever makes delivery go on before the word of lost rights has come ends what is lost too', async (t) => {
	const { writing, delivery, bob, change, follow, inDen } = await setting(t)
	const [narrow, wide] = [recordingSink(), recordingSink()]
	const subscriptions = [follow(inDen, narrow.sink), follow({ kind: 'all' }, wide.sink)]
	await writing.run(change({ type: 'RevokeToken', tokenId: bob.credential.id }))
	// As the request for another stream does, which knows nothing of it.
	delivery.advance()
	for (const { written } of [narrow, wide]) t.same(written, ['live', 'bye rights_lost'])
	for (const { closed } of subscriptions) t.ok(closed)
})

t.test('what is said in the very turn in which somebody is signed out is not for them', async (t) => {
	const { writing, delivery, bob, change, post, follow, inDen } = await setting(t)
	const { sink, written } = recordingSink()
	follow(inDen, sink)
	await writing.run(change({ type: 'RevokeToken', tokenId: bob.credential.id }), post('not for bob'))
	delivery.advance()
	t.same(written, ['live', 'bye rights_lost'])
})

t.test('who becomes too slow by the frame of their own removal gets it once', async (t) => {
	const { writing, delivery, change, post, follow, inDen } = await setting(t)
	const { sink, written } = recordingSink()
	follow(inDen, sink)
	const { write } = sink
	sink.write = (bytes) => {
		write(bytes)
		sink.pendingBytes = socketBytesMax + 1
	}
	await writing.run(post('for nobody who is gone'), change({ type: 'RemoveMember', room: 'den', name: 'bob' }))
	delivery.advance()
	t.match(written, ['live', /^event: member\n.*"action":"remove"/s, 'bye rights_lost'])
	t.equal(written.length, 3)
})

t.test('who is too slow already gets their own removal once, last', async (t) => {
	const { writing, delivery, change, post, follow, inDen } = await setting(t)
	const { sink, written } = recordingSink()
	await writing.run(post('one'))
	delivery.advance()
	sink.pendingBytes = socketBytesMax + 1
	const drained = Promise.withResolvers<boolean>()
	sink.drained = () => drained.promise
	follow(inDen, sink, 0)
	t.same(written, [], 'it waits')
	await writing.run(change({ type: 'RemoveMember', room: 'den', name: 'bob' }), post('not for bob'))
	delivery.advance()
	const told = [/^event: member\n.*"action":"remove"/s, 'bye rights_lost']
	t.match(written, told)
	sink.pendingBytes = 0
	drained.resolve(true)
	await delivery.nextTurn()
	t.match(written, told)
	t.equal(written.length, 2, 'and nothing when it reads on')
})
