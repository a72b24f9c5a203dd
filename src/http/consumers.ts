import type { Person } from '../commands/actor.ts'
import { isOfWebhook } from '../commands/consumers.ts'
import { can } from '../commands/policy.ts'
import type { Writer } from '../commands/writer.ts'
import type { Consumer, LogReader, Position } from '../events/log.ts'
import { mayNot } from './access.ts'
import { RequestError } from './errors.ts'

/** A consumer of somebody who may have one. */
export interface OwnConsumer {
	userId: string
	name: string
}

/**
 * Cursors with a name that are kept for their users. They lie beside the log, and move by what their users
 * say they are done with: delivering moves none of them.
 */
export class Consumers {
	readonly #log: LogReader
	readonly #writer: Pick<Writer, 'moveConsumer'>
	/** Writes while nobody who reads for a consumer moves it on. */
	readonly #whileHeld: (consumer: OwnConsumer, write: () => Promise<void>) => Promise<void>

	constructor(
		log: LogReader,
		writer: Pick<Writer, 'moveConsumer'>,
		whileHeld: (consumer: OwnConsumer, write: () => Promise<void>) => Promise<void>,
	) {
		this.#log = log
		this.#writer = writer
		this.#whileHeld = whileHeld
	}

	find({ userId, name }: OwnConsumer): Consumer | undefined {
		return this.#log.consumer(userId, name)
	}

	list(userId: string): Consumer[] {
		return this.#log.consumers(userId)
	}

	/** Everything up to there is done with: never back, and made where it is gone. Resolves when it is on the disk. */
	async moveOn(consumer: OwnConsumer, position: Position): Promise<void> {
		await this.#writer.moveConsumer({ ...consumer, position, movedAt: Date.now() })
	}

	/** It is there if there was none. Resolves when it is on the disk. */
	async make(consumer: OwnConsumer, position: Position): Promise<void> {
		await this.#writer.moveConsumer({ ...consumer, position, how: 'make', movedAt: Date.now() })
	}

	/** From here on it is there, wherever it was. */
	async moveTo(consumer: OwnConsumer, position: Position): Promise<void> {
		const move = { ...consumer, position, how: 'to', movedAt: Date.now() } as const
		await this.#whileHeld(consumer, () => this.#writer.moveConsumer(move))
	}

	async remove(consumer: OwnConsumer): Promise<void> {
		const move = { ...consumer, position: undefined, movedAt: Date.now() }
		await this.#whileHeld(consumer, () => this.#writer.moveConsumer(move))
	}
}

/** The consumer of that name of who asks; `name_invalid`, and `forbidden` for who can have none. */
export function ownConsumer(person: Person, text: string): OwnConsumer {
	if (!can(person, { action: 'own-consumers' })) throw mayNot(person)
	const name = text.trim().toLowerCase()
	if (isOfWebhook(name) && !can(person, { action: 'move-webhook' })) throw mayNot(person)
	if (namePattern.test(name)) return { userId: person.userId, name }
	const detail =
		'A consumer is called by 1 to 64 characters of a-z, 0-9, ".", "_" and "-", and begins with a letter or digit.'
	throw new RequestError('name_invalid', detail, [{ field: 'consumer', problem: 'is not a name' }])
}

const namePattern = /^[a-z0-9][a-z0-9._-]{0,63}$/
