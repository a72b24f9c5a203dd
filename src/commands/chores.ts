import { type Actor, system } from './actor.ts'
import type { Command } from './catalogue.ts'
import { choresEveryMs } from './limits.ts'
import { Refusal } from './refusal.ts'
import type { Writer } from './writer.ts'

/** What the server does without being asked. Each does so much at a time, and gives no event once nothing is left. */
const chores: readonly Command[] = [
	{ type: 'EraseAddresses' },
	{ type: 'ErasePresenceTexts' },
	{ type: 'EraseSanctionTexts' },
	{ type: 'FinishErasing' },
]

/**
 * Does the chores now, and again and again until `stop`. One that cannot be done is left for the next
 * time; `failed` is told, unless it is a refusal: a full disk, or the end.
 */
export function startChores(writer: Pick<Writer, 'submit'>, failed: (error: unknown) => void): { stop(): void } {
	const timer = setInterval(() => void doAll(), choresEveryMs)
	timer.unref()
	void doAll()

	async function doAll(): Promise<void> {
		for (const chore of chores) await doUntilDone(writer, chore, failed)
	}

	return { stop: () => clearInterval(timer) }
}

/** Does a chore until it gives no event; one that cannot be done is left, as `startChores` says. */
export async function doUntilDone(
	writer: Pick<Writer, 'submit'>,
	chore: Command,
	failed: (error: unknown) => void,
): Promise<void> {
	try {
		await submitUntilDone(writer, system, chore)
	} catch (error) {
		if (!(error instanceof Refusal)) failed(error)
	}
}

/** Submits a command that does so much at a time, again and again until it gives no event. */
export async function submitUntilDone(writer: Pick<Writer, 'submit'>, actor: Actor, command: Command): Promise<void> {
	while ((await writer.submit(actor, command)).position !== undefined);
}
