import type { FastifyRequest } from 'fastify'
import { system } from '../../commands/actor.ts'
import { agentCharsMax } from '../../commands/limits.ts'
import { Refusal } from '../../commands/refusal.ts'
import type { Writer } from '../../commands/writer.ts'
import type { Attempt, CallerAddress } from '../../events/catalogue.ts'
import { Allowance } from '../allowance.ts'
import { isControl } from '../control.ts'
import { RequestError } from '../errors.ts'
import {
	attemptsAtOnceMax,
	attemptsRecordedMax,
	triesAtHooksMax,
	triesPerAccountMax,
	triesPerAddressMax,
	triesPerHookMax,
} from '../limits.ts'
import { callerAt } from './addresses.ts'
import { Tries } from './tries.ts'

/** Wrong passwords and codes: counted against guessing, and recorded for the audit. */
export class Attempts {
	readonly #writer: Pick<Writer, 'submit'>
	readonly #addresses: Tries
	readonly #accounts: Tries
	/** Of an address at a hook: one that is set up wrongly keeps nobody from signing in, and silences no other. */
	readonly #hooks: Tries
	/** How many of an address are being looked into. */
	readonly #underWay = new Map<string, number>()
	/** The same of an address at all hooks that it tries, whether there are such or not. */
	readonly #hookAddresses: Tries
	/** Those at hooks have their own share, so that they hide no others. */
	readonly #hookRecords = new Allowance(attemptsRecordedMax)
	/** The log is not a stranger's to fill: beyond this, guesses are refused without a record. */
	readonly #records = new Allowance(attemptsRecordedMax)

	constructor(writer: Pick<Writer, 'submit'>) {
		this.#writer = writer
		this.#addresses = new Tries(triesPerAddressMax)
		this.#accounts = new Tries(triesPerAccountMax)
		this.#hooks = new Tries(triesPerHookMax)
		this.#hookAddresses = new Tries(triesAtHooksMax)
	}

	/** Throws `tries_too_many` where this address, or whoever asks for this account, has guessed too often. */
	check(request: FastifyRequest, account?: string): void {
		this.#addresses.check(callerAt(addressOf(request)))
		if (account !== undefined) this.#accounts.check(account)
	}

	/** The same where this address has failed too often to prove that it may use that hook, whether there is one or not. */
	checkHook(request: FastifyRequest, hookId: string): void {
		this.#hooks.check(triesAt(request, hookId))
		this.#hookAddresses.check(callerAt(addressOf(request)))
	}

	/** Looks into an attempt. One address may not have so many at once that there is no room for others. */
	async during<Result>(request: FastifyRequest, work: () => Promise<Result>): Promise<Result> {
		const address = callerAt(addressOf(request))
		const count = this.#underWay.get(address) ?? 0
		if (count >= attemptsAtOnceMax) {
			throw new RequestError('overloaded', `At most ${attemptsAtOnceMax} passwords of one address are checked at once.`)
		}
		this.#underWay.set(address, count + 1)
		try {
			return await work()
		} finally {
			const left = (this.#underWay.get(address) ?? 1) - 1
			if (left === 0) this.#underWay.delete(address)
			else this.#underWay.set(address, left)
		}
	}

	/** `account` is what was asked for, `userId` whose it is, if it is somebody's. */
	async failed(request: FastifyRequest, attempt: Attempt, account?: string, userId?: string): Promise<void> {
		this.#addresses.failed(callerAt(addressOf(request)))
		if (account !== undefined) this.#accounts.failed(account)
		await this.#record(request, attempt, userId, this.#records)
	}

	/** `userId`: as whom the hook speaks, if there is one. */
	async hookFailed(request: FastifyRequest, hookId: string, userId?: string): Promise<void> {
		this.#hooks.failed(triesAt(request, hookId))
		this.#hookAddresses.failed(callerAt(addressOf(request)))
		await this.#record(request, 'hook', userId, this.#hookRecords)
	}

	async #record(
		request: FastifyRequest,
		attempt: Attempt,
		userId: string | undefined,
		records: Allowance,
	): Promise<void> {
		if (records.waitMs > 0) return
		records.take()
		const whose = userId === undefined ? {} : { userId }
		// That it cannot be recorded, for example on a full disk, changes nothing of the answer.
		const command = { type: 'RecordAttempt', attempt, ...whose, ...callerAddress(request) } as const
		await this.#writer.submit(system, command).catch((error: unknown) => {
			if (!(error instanceof Refusal)) throw error
		})
	}
}

/** Where a request comes from, as it is kept for the audit. */
export function callerAddress(request: FastifyRequest): CallerAddress {
	return { address: addressOf(request), agent: (request.headers['user-agent'] ?? '').slice(0, agentCharsMax) }
}

function triesAt(request: FastifyRequest, hookId: string): string {
	return `${callerAt(addressOf(request))} ${hookId.slice(0, hookIdCharsMax)}`
}

/** No more of what a stranger takes for a hook is remembered. */
const hookIdCharsMax = 32

/** Who asks at the control socket has no address. */
function addressOf({ ip, raw }: FastifyRequest): string {
	return isControl(raw.socket) ? 'control socket' : ip
}
