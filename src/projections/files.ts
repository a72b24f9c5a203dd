import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { removeDatabase } from '../events/files.ts'
import { projections } from './projector.ts'
import { viewsFingerprint } from './views.ts'

/*
 * The names of views files. `views-<fingerprint>.db` is the first generation of the views that this
 * version makes, `views-<fingerprint>.<n>.db` the n-th: the highest is in force. What is still being
 * built is called `….building.db`, and gets its name when it is complete. `views-<fingerprint>.next.db` was
 * built beside a server of another version, which leaves it alone: the next start of this one takes it up.
 */

/** The views in force that this version reads; if there are none, where its first ones belong. */
export function viewsPath(directory: string): string {
	return generationPath(directory, Math.max(1, generationInForce(directory)))
}

/** Where the views belong that follow those in force. */
export function nextViewsPath(directory: string): string {
	return generationPath(directory, generationInForce(directory) + 1)
}

/** Where views are built that will belong at `path`. */
export function buildingPath(path: string): string {
	return path.replace(/\.db$/, '.building.db')
}

/** Where the views of this version belong that were built beside a server of another one. */
export function besidePath(directory: string): string {
	return join(directory, `views-${ownFingerprint()}.next.db`)
}

/** Where a process builds those. */
export function buildingBesidePath(directory: string): string {
	return join(directory, `views-${ownFingerprint()}.next.${process.pid}.db`)
}

/** Where views belong that were built at `path`. */
export function builtPath(path: string): string {
	return path.replace(/\.building\.db$/, '.db')
}

/** The names of all complete views in a directory, those of other versions too. */
export function viewsIn(directory: string): string[] {
	return namesIn(directory).filter((name) => namePattern.test(name) && !name.endsWith('.building.db'))
}

/** For views that turned out to be damaged: the next start builds them again. */
export function discardViews(directory: string): void {
	for (const name of namesIn(directory)) {
		if (namePattern.exec(name)?.[1] === ownFingerprint()) removeDatabase(join(directory, name))
	}
}

/** Removes the views of other versions and generations, and what was left of builds. */
export function removeSuperseded(directory: string, current: string): void {
	for (const name of namesIn(directory)) {
		const path = join(directory, name)
		if (namePattern.test(name) && path !== current) removeDatabase(path)
		const [isBeside, pid] = besidePattern.exec(name) ?? []
		if (isBeside !== undefined && isOutdated(path, pid === undefined ? besideKeptMs : buildingMsMax))
			removeDatabase(path)
	}
}

/** Built for a version that was never started, or not built to its end. */
function isOutdated(path: string, keptMs: number): boolean {
	return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > keptMs
}

const besideKeptMs = 30 * 24 * 3_600_000
/** What nobody has written to for so long is not being built. */
const buildingMsMax = 3_600_000
const besidePattern = /^views-[0-9a-f]+\.next(?:\.([0-9]+))?\.db$/

/** The version's fingerprint, and the generation. */
const namePattern = /^views-([0-9a-f]+)(?:\.([0-9]{1,9}))?(?:\.building)?\.db$/

/** 0: there are no views of this version. */
function generationInForce(directory: string): number {
	const generations = viewsIn(directory).map((name) => {
		const [, fingerprint, generation = '1'] = namePattern.exec(name) ?? []
		return fingerprint === ownFingerprint() ? Number(generation) : 0
	})
	return Math.max(0, ...generations)
}

function generationPath(directory: string, generation: number): string {
	return join(directory, `views-${ownFingerprint()}${generation === 1 ? '' : `.${generation}`}.db`)
}

/** What the views of this version are known by. */
export function ownFingerprint(): string {
	return viewsFingerprint(projections)
}

function namesIn(directory: string): string[] {
	return existsSync(directory) ? readdirSync(directory) : []
}
