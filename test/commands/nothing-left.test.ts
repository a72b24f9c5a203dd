import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { system } from '../../src/commands/actor.ts'
import type { Command } from '../../src/commands/catalogue.ts'
import type { RecordedEvent } from '../../src/events/log.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { findHook } from '../../src/projections/hooks.ts'
import { findMessage } from '../../src/projections/messages.ts'
import { isGuest } from '../../src/projections/names.ts'
import { findSanctions, holds } from '../../src/projections/sanctions.ts'
import { findUser } from '../../src/projections/users.ts'
import type { Views } from '../../src/projections/views.ts'
import { findWebhook } from '../../src/projections/webhooks.ts'
import { writersOf } from '../../src/projections/written-texts.ts'
import { SearchIndex } from '../../src/search/search-index.ts'
import { lookAround } from '../helpers/deed.ts'
import { anyLife, live } from '../helpers/life.ts'
import { catchUp, contentOf } from '../helpers/search-index.ts'
import { emptyViewsOf, Writing } from '../helpers/sequencer.ts'

const chores: Command[] = [{ type: 'FinishErasing' }, { type: 'EraseSanctionTexts' }]

/** What the text of an event is left of that should be gone; undefined: it may be there. */
function leftOf(event: RecordedEvent, views: Views, now: number): string | undefined {
	const isErased = (userId: string | undefined) => userId !== undefined && findUser(views, userId)?.erasedNumber
	const isWritten = (userId: string) => isErased(userId) && findUser(views, userId)?.erasesMessages
	switch (event.type) {
		case 'UserJoined':
		case 'PasswordSet':
		case 'DisplayNameChanged':
		case 'TokenIssued':
		case 'SessionOpened':
		case 'AttemptRefused':
			return isErased(event.data.userId) ? 'who is erased' : undefined
		case 'WebhookIssued':
			return findWebhook(views, event.data.webhookId) === undefined ? 'where nothing is posted to' : undefined
		case 'HookIssued':
			return findHook(views, event.data.hookId) === undefined ? 'a secret that is worthless' : undefined
		case 'MessagePosted':
		case 'MessageEdited':
			if (findMessage(views, event.data.messageId)?.erased != null) return 'a message that is erased'
			return isWritten(event.data.userId) ? 'the author' : undefined
		case 'ReactionAdded':
		case 'ReactionRemoved':
			return findMessage(views, event.data.messageId)?.erased == null ? undefined : 'a guest who reacted'
		case 'RoomOpened':
		case 'RoomChanged':
			return Object.values(writersOf(event)).some(isWritten) ? 'who described a room' : undefined
		case 'PersonBanned':
		case 'PersonMuted': {
			const { userId } = event.data
			if (isErased(userId)) return 'who was banned or muted, and is erased'
			if (isWritten(event.metadata.actor)) return 'who gave the reason'
			const [present] = findSanctions(views, event.streamId, userId).filter(
				({ position }) => position === event.position,
			)
			return !isGuest(userId) || (present && holds(present, now)) ? undefined : 'a guest who is let off'
		}
		default:
			return undefined
	}
}

t.test('in any life, of what is erased, and of nearly everybody in the end, no text is left', async () => {
	await fc.assert(
		fc.asyncProperty(anyLife, async (life) => {
			const log = openLogForWriting(':memory:')
			const writing = new Writing(log, emptyViewsOf(log))
			const index = SearchIndex.open(':memory:', log)
			try {
				for (const batch of life) {
					await live(writing, batch)
					catchUp(index, log)
				}
				for (const { name } of lookAround(writing).users.slice(1)) {
					const erase = { type: 'EraseUser', name, messages: true } as const
					await writing.run(writing.submit(erase, { actor: system }))
				}
				for (const chore of chores) {
					for (let isDone = false; !isDone; ) {
						const [answer] = await writing.run(writing.submit(chore, { actor: system }))
						assert.ok(answer?.done)
						isDone = answer.position === undefined
					}
				}
				const { views, nowMs } = writing
				const left = writing
					.events()
					.filter(({ body }) => body !== null)
					.map((event) => [event.position, event.type, leftOf(event, views, nowMs)])
				assert.deepEqual(
					left.filter(([, , why]) => why !== undefined),
					[],
				)
				catchUp(index, log)
				const texts = writing.events().filter(({ type, body }) => type === 'MessagePosted' && body !== null)
				assert.deepEqual(
					contentOf(index).map(({ position }) => position),
					texts.map(({ position }) => position),
				)
			} finally {
				index.close()
				writing.views.close()
				log.close()
			}
		}),
		{ numRuns: 100 },
	)
})
