import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isInUse } from './database.ts'
import { removeDatabase } from './files.ts'
import { logIdOf } from './log-content.ts'
import { partial } from './new-file.ts'
import { isThere } from './there.ts'

/** A backup that was made into a directory in which more of them are kept. */
export interface KeptBackup {
	path: string
	/** When it was begun, in Unix milliseconds. */
	madeAt: number
}

/** How a backup of a log is called that is begun at that time: by their names they are in order. */
export function backupName(logId: string, now: number): string {
	const time = `${new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')}Z`
	return `tailroom-${time}-${shortId(logId)}.db`
}

/** The first second from then on by which no backup of a log is called, nor one that is being made. */
export function freeTime(directory: string, logId: string, now: number): number {
	const names = readdirSync(directory)
	let time = now
	while (names.some((name) => name.startsWith(backupName(logId, time)))) time += 1_000
	return time
}

/**
 * The backups of a log in a directory, the oldest first: what is called so and is one. What cannot be read, and
 * what is another log's, is not among them.
 */
function listBackups(directory: string, logId: string): KeptBackup[] {
	return namesOf(directory, logId).filter(({ path }) => logIdOf(path) === logId)
}

/** When the newest was begun that is not of the future; undefined: there is none. Only as many are opened as it takes. */
export function newestBackup(directory: string, logId: string, now: number): KeptBackup | undefined {
	return namesOf(directory, logId).findLast(({ path, madeAt }) => madeAt <= now && logIdOf(path) === logId)
}

/**
 * Removes the oldest, so that so many are left, of which `made` is one, and says how many it removed. Those of a time
 * that is not come yet go first: they were made by a clock that was wrong.
 */
export function removeOldest(directory: string, logId: string, keep: number, made: string, now: number): number {
	const all = listBackups(directory, logId).filter(({ path }) => path !== made)
	const others = [...all.filter(({ madeAt }) => madeAt > now), ...all.filter(({ madeAt }) => madeAt <= now)]
	const surplus = others.slice(0, Math.max(0, others.length - (keep - 1)))
	for (const { path } of surplus) rmSync(path, { force: true })
	return surplus.length
}

/** Removes what processes that were killed have left of backups of this log, and nothing that one is making. */
export function removeAbandoned(directory: string, logId: string, now: number): void {
	for (const name of readdirSync(directory)) {
		const whole = name.replace(partial, '')
		if (whole === name || timeOf(whole, logId) === undefined) continue
		// Of what SQLite keeps beside a file nobody has a lock.
		const path = join(directory, name).replace(/-(?:journal|wal|shm)$/, '')
		const changedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs
		if (changedAt === undefined) rmSync(join(directory, name), { force: true })
		else if (now - changedAt > unlockedMsMax && !isInUse(path)) removeDatabase(path)
	}
}

/** Before it is filled, and before it gets its name, a file has no lock for a moment. */
const unlockedMsMax = 10_000

function namesOf(directory: string, logId: string): KeptBackup[] {
	if (!isThere(directory)) throw new Error(`there is no directory ${directory}: make it, or mount it`)
	return readdirSync(directory)
		.sort()
		.flatMap((name) => {
			const madeAt = timeOf(name, logId)
			return madeAt === undefined ? [] : [{ path: join(directory, name), madeAt }]
		})
}

/** When a backup of that log was begun, by its name; undefined: it is called otherwise. */
function timeOf(name: string, logId: string): number | undefined {
	const [, date, hour, minute, second] =
		/^tailroom-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z-[0-9a-f]{8}\.db$/.exec(name) ?? []
	const time = Date.parse(`${date}T${hour}:${minute}:${second}Z`)
	return Number.isNaN(time) || backupName(logId, time) !== name ? undefined : time
}

function shortId(logId: string): string {
	return logId.slice(0, 8)
}
