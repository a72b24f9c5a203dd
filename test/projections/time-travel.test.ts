import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { NewEvent } from '../../src/events/catalogue.ts'
import { type MessagePlace, type PageRequest, pageOfMessages } from '../../src/projections/messages.ts'
import { project } from '../../src/projections/projector.ts'
import { openViewsForWriting, type Views } from '../../src/projections/views.ts'
import { generalId, messagePosted, recorded, roomOpened } from '../helpers/events.ts'

/** Messages are posted, edited and erased; which, is chosen among those that there are then. */
const deed = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({ kind: fc.constant('post' as const), which: fc.option(fc.nat(20), { nil: undefined }) }),
	},
	{ weight: 3, arbitrary: fc.record({ kind: fc.constant('edit' as const), which: fc.nat(20) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), which: fc.nat(20) }) },
)
type Deed = typeof deed extends fc.Arbitrary<infer Value> ? Value : never

/** A message, and the positions of its edits. */
interface Told extends MessagePlace {
	replyTo: string | undefined
	edits: number[]
}

/** What comes to pass, with what is to be told of it. The first deed is at position 2. */
function viewsAfter(deeds: readonly Deed[]): { views: Views; told: Told[]; head: number } {
	const views = openViewsForWriting(':memory:', 'a log', '')
	const told: Told[] = []
	let position = 0
	const happen = (event: NewEvent) => {
		position += 1
		const happened = recorded(event, position)
		project(views, happened)
		return happened
	}
	happen(roomOpened())
	for (const { kind, which } of deeds) {
		const about = which === undefined ? undefined : told[which % (told.length + 1)]
		if (kind === 'post') {
			const sequence = told.length + 1
			const answers = about === undefined ? {} : { replyTo: about.messageId }
			const { recordedAt } = happen(messagePosted(sequence, undefined, answers))
			const place = { roomId: generalId, sequence, messageId: `message-${sequence}`, position, authorId: 'guest-ada' }
			told.push({ ...place, recordedAt, editedPosition: null, erased: null, replyTo: about?.messageId, edits: [] })
		} else if (about !== undefined) {
			const { messageId, sequence } = about
			const data = { room: 'general', messageId, sequence }
			if (kind === 'edit') {
				const edit = { ...data, userId: 'guest-ada' }
				happen({ streamId: generalId, type: 'MessageEdited', data: edit, body: { content: 'other words' } })
				about.edits.push(position)
			} else {
				const deletion = { ...data, reason: 'author' as const, erases: [] }
				happen({ streamId: generalId, type: 'MessageDeleted', data: deletion, body: null })
				about.erased = 'author'
			}
		}
	}
	return { views, told, head: position }
}

/** How it was then, but for what is erased since. */
function then(told: readonly Told[], at: number): MessagePlace[] {
	const there = told.filter(({ position }) => position <= at)
	return there.map(({ replyTo: _replyTo, edits, ...place }) => {
		return { ...place, editedPosition: edits.findLast((position) => position <= at) ?? null }
	})
}

const anyDeeds = fc.array(deed, { maxLength: 40, size: 'max' })

t.test('a room at a position is what had been posted, in its words of then', async () => {
	fc.assert(
		fc.property(anyDeeds, fc.integer({ min: 1, max: 9 }), fc.nat(12), (deeds, limit, sequence) => {
			const { views, told, head } = viewsAfter(deeds)
			const page = (request: Omit<PageRequest, 'limit'>) => pageOfMessages(views, generalId, { limit, ...request })
			assert.deepEqual(page({}), then(told, head).slice(-limit))
			for (let at = 0; at <= head; at += 1) {
				const all = then(told, at)
				assert.deepEqual(page({ at }), all.slice(-limit))
				assert.deepEqual(page({ at, before: sequence }), all.filter((m) => m.sequence < sequence).slice(-limit))
				assert.deepEqual(page({ at, after: sequence }), all.filter((m) => m.sequence > sequence).slice(0, limit))
				const around = page({ at, around: sequence })
				const first = around[0]?.sequence ?? 0
				assert.deepEqual(around, all.slice(Math.max(0, first - 1), Math.max(0, first - 1) + around.length))
				assert.equal(
					around.some((m) => m.sequence === sequence),
					sequence > 0 && sequence <= all.length,
				)
			}
			views.close()
		}),
		{ numRuns: 60 },
	)
})

t.test('the answers to a message are the newest of those that name it', async () => {
	fc.assert(
		fc.property(anyDeeds, fc.integer({ min: 1, max: 5 }), (deeds, limit) => {
			const { views, told, head } = viewsAfter(deeds)
			for (const { messageId } of told) {
				const answers = (at: number) => {
					const numbers = told.filter(({ replyTo }) => replyTo === messageId).map(({ sequence }) => sequence)
					return then(told, at)
						.filter(({ sequence }) => numbers.includes(sequence))
						.slice(-limit)
				}
				assert.deepEqual(pageOfMessages(views, generalId, { limit, replyTo: messageId }), answers(head))
				for (let at = 0; at <= head; at += 1) {
					assert.deepEqual(pageOfMessages(views, generalId, { limit, replyTo: messageId, at }), answers(at))
				}
			}
			assert.deepEqual(pageOfMessages(views, generalId, { limit, replyTo: 'nothing' }), [])
			views.close()
		}),
		{ numRuns: 60 },
	)
})
