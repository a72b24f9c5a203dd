import t from 'tap'
import { system } from '../../src/commands/actor.ts'
import type { RecordAttempt } from '../../src/commands/audit.ts'
import { addressesErasedMax, addressesKeptMs } from '../../src/commands/limits.ts'
import type { NewEvent } from '../../src/events/catalogue.ts'
import { joined, sessionOpened } from '../helpers/account-events.ts'
import { given } from '../helpers/specification.ts'

const from = { address: '192.0.2.7', agent: 'curl/8' }
const attempt: RecordAttempt = { type: 'RecordAttempt', attempt: 'sign-in', ...from }
const refused: NewEvent = { streamId: 'server', type: 'AttemptRefused', data: { attempt: 'sign-in' }, body: from }
const erase = { type: 'EraseAddresses' } as const
const erased = (...positions: number[]): NewEvent => ({
	streamId: 'server',
	type: 'AddressesErased',
	data: { positions },
	body: null,
})
/** A specification's events are recorded at about this time. */
const long = { actor: system, now: 1_790_000_000_000 + addressesKeptMs + 1_000_000 }

t.test('an attempt is recorded with where it came from, and not with what was given', async () => {
	given().when(attempt, { actor: system }).thenHappens(refused)
	given(joined('ada'))
		.when({ ...attempt, attempt: 'setup', userId: 'user-ada' }, { actor: system })
		.thenHappens({ ...refused, data: { attempt: 'setup', userId: 'user-ada' } } as NewEvent)
})

t.test('addresses are erased when they were kept for long enough, and only once', async () => {
	const past = [joined('ada'), sessionOpened('ada', 'A'), joined('bob'), refused]
	given(...past)
		.when(erase, long)
		.thenHappens(erased(2, 4))
	given(...past, erased(2, 4))
		.when(erase, long)
		.thenNothing()
	given(...past, erased(2))
		.when(erase, long)
		.thenHappens(erased(4))
	given(...past)
		.when(erase, { actor: system, now: long.now - 2_000_000 })
		.thenNothing()
	given(joined('ada')).when(erase, long).thenNothing()
})

t.test('one event erases only so many, the oldest first', async () => {
	const many = Array.from({ length: addressesErasedMax + 3 }, () => refused)
	const first = Array.from({ length: addressesErasedMax }, (_, index) => index + 1)
	given(...many)
		.when(erase, long)
		.thenHappens(erased(...first))
	const rest = [1, 2, 3].map((index) => addressesErasedMax + index)
	given(...many, erased(...first))
		.when(erase, long)
		.thenHappens(erased(...rest))
})
