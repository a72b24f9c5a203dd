import { mkdirSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BackupIsThere, backup } from '../events/backup.ts'
import { backupName, freeTime, newestBackup, removeAbandoned, removeOldest } from '../events/kept-backups.ts'
import { type LogContent, logIdOf } from '../events/log-content.ts'
import { isThere } from '../events/there.ts'
import { complain } from './complain.ts'

/** Where backups are made to, and how many of a log are kept there; `keep` absent: all. */
export interface Keeping {
	data: string
	to: string
	keep?: number
}

export interface MadeBackup extends LogContent {
	file: string
	/** So many older ones were removed. */
	removed: number
}

/** Makes the directory for backups. The one around it must be there: else a disk that is not mounted would be filled. */
export function makeBackupDirectory(to: string, data: string): void {
	if (isThere(to)) {
		if (!statSync(to).isDirectory()) throw new Error(`${to} is no directory: without --to a backup is made to a file`)
		if (!isThere(data) || realpathSync(to) !== realpathSync(data)) return
		throw new Error(`${to} is the data directory itself: choose another --to, best on another disk`)
	}
	try {
		mkdirSync(to, { mode: 0o700 })
	} catch (error) {
		throw new Error(`there is no directory ${to}, and it cannot be made (${(error as Error).message})`)
	}
}

/** Makes one now. Where one of this second is there already, or being made, it is called by the next. */
export async function makeBackupNow(keeping: Keeping, made: (backup: MadeBackup) => void): Promise<void> {
	await makeBackup(keeping, made, freeTime(keeping.to, logIdIn(keeping.data), Date.now()))
}

/** Makes a backup of a name of its own, and only then removes the oldest that are too many. */
export async function makeBackup(
	{ data, to, keep }: Keeping,
	made: (backup: MadeBackup) => void,
	now: number = Date.now(),
): Promise<void> {
	const logId = logIdIn(data)
	removeAbandoned(to, logId, now)
	const file = join(to, backupName(logId, now))
	const content = await backup(data, file)
	let removed = 0
	try {
		removed = keep === undefined ? 0 : removeOldest(to, logId, keep, file, now)
	} finally {
		made({ ...content, file, removed })
	}
}

/**
 * Makes a backup whenever the newest in the directory is older than that, for ever. So one that was missed is made
 * once, a start soon after another makes none, and two that do it in one directory share the work.
 *
 * One that fails is said in a line, and tried again: soon, and then more and more seldom.
 */
export async function makeBackups(
	keeping: Keeping,
	everyMs: number,
	made: (backup: MadeBackup) => void,
): Promise<never> {
	const { data, to } = keeping
	const device = statSync(to).dev
	let failures = 0
	for (;;) {
		try {
			const newest = newestBackup(to, logIdIn(data), Date.now())
			if (newest === undefined && statSync(to).dev !== device) {
				throw new Error(`${to} is on another disk than before, and holds no backup: mount it again`)
			}
			await untilClockSays(newest === undefined ? 0 : newest.madeAt + everyMs)
			if (newestBackup(to, logIdIn(data), Date.now())?.path === newest?.path) await makeBackup(keeping, made)
			failures = 0
		} catch (error) {
			// Another one that does the same was quicker.
			const isThere = error instanceof BackupIsThere
			failures += isThere ? 0 : 1
			const waitMs = Math.min(everyMs, retryMsMax, retryMsMin * 2 ** (failures - 1))
			if (!isThere) complain(`${(error as Error).message}. Trying again in ${Math.ceil(waitMs / 1_000)} s`)
			await sleep(waitMs)
		}
	}
}

/** A server that is restarted, or a disk that is mounted again, is met soon. */
const retryMsMin = 5_000
/** A whole copy each time is not little. */
const retryMsMax = 10 * 60 * 1_000

/** In steps, since the clock may be set, and the machine may sleep. One that was set back is looked at anew. */
async function untilClockSays(time: number): Promise<void> {
	const startedAt = Date.now()
	for (let now = startedAt; now >= startedAt && now < time; now = Date.now()) {
		await sleep(Math.min(time - now, clockLookedAtMs))
	}
}

const clockLookedAtMs = 60_000

function logIdIn(data: string): string {
	const log = join(data, 'log.db')
	if (!isThere(log)) throw new Error(`there is no log in ${data}: choose another --data directory`)
	const logId = logIdOf(log)
	if (logId === undefined) throw new Error(`${log} cannot be read, or is no log of Tailroom: run tailroom verify`)
	return logId
}
