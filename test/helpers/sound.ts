import type { Test } from 'tap'
import { verify } from '../../src/projections/verify.ts'
import './bare-threads.ts'

/** Whether the log is what was written and the views equal a replay. Not while a server of this very process runs there. */
export async function isSound(t: Test, directory: string): Promise<void> {
	t.match(await verify(directory, () => {}), { views: { state: 'equal' } })
}
