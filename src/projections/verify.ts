import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Checker, startChecker } from '../events/checker.ts'
import { isDamage, reasonOf } from '../events/database.ts'
import type { LogReader, Position } from '../events/log.ts'
import { openLogBeside } from '../events/sqlite-log.ts'
import { inTemporaryDirectory } from '../events/temporary.ts'
import { isThere } from '../events/there.ts'
import { type Difference, firstDifference } from './compare.ts'
import { viewsIn, viewsPath } from './files.ts'
import { catchUpInSteps, catchUpTo } from './projector.ts'
import { type Checkpoint, openViewsBeside, openViewsForBuilding, type Views } from './views.ts'

export interface Verified {
	/** How many events of the log were checked. */
	events: number
	/** Of the log, when the check began. */
	head: Position
	views: VerifiedViews
}

/** What there is to say of views that are no reason for worry. */
export type VerifiedViews =
	/** They equal a replay of the log up to `position`, which is as far as they are. */
	| { state: 'equal'; position: Position }
	/** There are none. The next start builds them. */
	| { state: 'none' }
	/** There are only those of another version. The next start builds new ones. */
	| { state: 'other version' }

/**
 * Proves a data directory: that the log is what was written, and that the live views are what a replay
 * of it gives. Works beside a server that writes, and takes no lock. Nothing in the directory changes.
 *
 * Rejects with the first difference: with DamagedLog for one in the log, else with an error that says
 * what to do. `onProgress` is told of positions of the log.
 */
export async function verify(
	directory: string,
	onProgress: (done: Position, total: Position) => void,
): Promise<Verified> {
	const path = join(directory, 'log.db')
	if (!isThere(path)) throw new Error(`there is no log in ${directory}: choose another --data directory`)
	const log = openLogBeside(path)
	const checker = startChecker()
	try {
		const head = log.head().position
		const isOver = new AbortController()
		const onStep = (done: Position) => {
			isOver.signal.throwIfAborted()
			onProgress(done, head)
		}
		// The views first: the comparison waits for what SQLite says of their file, and nothing for the log.
		const compared = verifyViews(directory, log, checker, onStep)
		const checked = checker.log(path, head)
		// But what is told first is the log: where it is damaged, nothing is to be said of views.
		checked.catch(() => isOver.abort())
		const [events, views] = await Promise.allSettled([checked, compared])
		if (events.status === 'rejected') throw events.reason
		if (views.status === 'rejected') throw views.reason
		return { events: events.value, head, views: views.value }
	} finally {
		// The last one to close a file leaves nothing beside it.
		await checker.stop()
		log.close()
	}
}

type OnStep = (done: Position) => void

async function verifyViews(
	directory: string,
	log: LogReader,
	checker: Checker,
	onStep: OnStep,
): Promise<VerifiedViews> {
	for (;;) {
		const path = viewsPath(directory)
		try {
			const verified = isThere(path)
				? await compareWithReplay(path, log, checker, onStep)
				: await replayAlone(directory, log, onStep)
			// A rebuild may have put others in force meanwhile: then it is they that count.
			if (viewsPath(directory) === path) return verified
		} catch (error) {
			if (viewsPath(directory) === path) throw error
		}
	}
}

/** A log that nothing was made of yet must give views all the same. */
async function replayAlone(directory: string, log: LogReader, onStep: OnStep): Promise<VerifiedViews> {
	await withReplay(log, (replayed) => replayTo(replayed, log, log.head().position, onStep))
	return { state: viewsIn(directory).length === 0 ? 'none' : 'other version' }
}

async function compareWithReplay(
	path: string,
	log: LogReader,
	checker: Checker,
	onStep: OnStep,
): Promise<VerifiedViews> {
	const live = openLive(path)
	const integrity = checker.integrity(path)
	try {
		const begin = live.checkpoint()
		checkCheckpoint(begin, log)
		return await withReplay(log, async (replayed, replayedPath) => {
			// As far as they are now, so that they are held only for the little that comes in between.
			await replayTo(replayed, log, begin.position, onStep)
			const finding = await integrity
			if (finding !== undefined) throw damagedViews(path, finding)
			live.run('ATTACH ? AS replayed', replayedPath)
			return live.snapshot((checkpoint) => {
				checkCheckpoint(checkpoint, log)
				catchUpTo(replayed, log, checkpoint.position)
				const difference = firstDifference(live)
				if (difference !== undefined) throw new Error(sentence(path, difference, checkpoint.position))
				return { state: 'equal', position: checkpoint.position }
			})
		})
	} catch (error) {
		throw isDamage(error) ? damagedViews(path, reasonOf(error)) : error
	} finally {
		await Promise.allSettled([integrity])
		live.close()
	}
}

function openLive(path: string): Views {
	try {
		return openViewsBeside(path)
	} catch (error) {
		throw isDamage(error) ? damagedViews(path, reasonOf(error)) : error
	}
}

async function withReplay<Result>(
	log: LogReader,
	use: (replayed: Views, path: string) => Promise<Result>,
): Promise<Result> {
	return await inTemporaryDirectory('tailroom-verify-', async (temporary) => {
		const path = join(temporary, 'views.db')
		const replayed = openViewsForBuilding(path, log.logId, log.fingerprintAt(0) as string)
		try {
			return await use(replayed, path)
		} finally {
			replayed.close()
		}
	})
}

async function replayTo(replayed: Views, log: LogReader, through: Position, onStep: OnStep): Promise<void> {
	for (const { position } of catchUpInSteps(replayed, log, through)) {
		onStep(position)
		await nextTurn()
	}
}

/** Throws, with what to do, where views have seen something else than the log holds. */
export function checkCheckpoint({ logId, position, fingerprint }: Checkpoint, log: LogReader): void {
	if (logId !== log.logId) throw new Error('the views belong to another log: run tailroom rebuild')
	const head = log.head().position
	if (position > head) {
		throw new Error(
			`the views have seen position ${position}, but the log ends at ${head}: it has lost its end, or was ` +
				'restored from an older copy. Restore a newer backup; or, if the log is as it should be, run tailroom rebuild',
		)
	}
	if (log.fingerprintAt(position) !== fingerprint) {
		throw new Error(
			`the views have seen another event at position ${position} than the log holds: it was restored from an ` +
				'older copy, and has grown in another way since. Run tailroom rebuild',
		)
	}
}

function damagedViews(path: string, finding: string): Error {
	return new Error(`the views in ${path} are damaged (${finding}): run tailroom rebuild`)
}

function sentence(path: string, { table, key, position, problem }: Difference, at: Position): string {
	const row = Object.entries(key ?? {}).map(([column, value]) => `${column} ${JSON.stringify(value)}`)
	const place = [`table ${table}`, ...row, ...(position === undefined ? [] : [`event at position ${position}`])]
	return (
		`the views in ${path} differ from a replay of the log up to position ${at}: ` +
		`${problem} (${place.join(', ')}). Run tailroom rebuild`
	)
}
