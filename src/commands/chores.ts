import { system } from './actor.ts'
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

/** Asks for a chore until it gives no event. */
export async function doUntilDone(
	writer: Pick<Writer, 'submit'>,
	chore: Command,
	failed: (error: unknown) => void,
): Promise<void> {
	try {
		while ((await writer.submit(system, chore)).position !== undefined);
	} catch (error) {
		if (!(error instanceof Refusal)) failed(error)
	}
}
