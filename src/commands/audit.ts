import type { Attempt } from '../events/catalogue.ts'
import type { Position } from '../events/log.ts'
import { addressesBefore } from '../projections/audit.ts'
import { findUser, type User } from '../projections/users.ts'
import type { Decision } from './decision.ts'
import { addressesErasedMax, addressesKeptMs } from './limits.ts'

/** Somebody gave a wrong password or code. What they gave is not kept: it may be a password. */
export interface RecordAttempt {
	type: 'RecordAttempt'
	attempt: Attempt
	/** Of the account whose password it was not. */
	userId?: string
	address: string
	agent: string
}

/** Erases addresses that were kept for long enough; so many at a time. No event if there are none. */
export interface EraseAddresses {
	type: 'EraseAddresses'
}

export const recordAttempt: Decision<RecordAttempt, User | undefined> = {
	load: (views, { userId }) => (userId === undefined ? undefined : findUser(views, userId)),
	decide({ attempt, address, agent }, user) {
		// Who was erased in the meantime is nobody, and nothing more is kept of them.
		const whose = user === undefined || user.erasedNumber !== null ? {} : { userId: user.userId }
		return [{ streamId: 'server', type: 'AttemptRefused', data: { attempt, ...whose }, body: { address, agent } }]
	},
}

export const eraseAddresses: Decision<EraseAddresses, Position[]> = {
	load: (views, _command, { now }) => addressesBefore(views, now - addressesKeptMs, addressesErasedMax),
	decide: (_command, positions) =>
		positions.length === 0 ? [] : [{ streamId: 'server', type: 'AddressesErased', data: { positions }, body: null }],
}
