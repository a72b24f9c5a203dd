import { setTimeout } from 'node:timers/promises'

/** Asks until it is so: of what nobody is told of. Not all the time, for that would take the machine from what is waited for. */
export async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
	while (!(await isSo())) await setTimeout(askedEveryMs)
}

const askedEveryMs = 20
