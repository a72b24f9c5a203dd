import type { Position } from './log.ts'

/**
 * The log holds something else than what was written to it, so that nothing of it may be shown.
 *
 * `position` is that of the one event that is damaged; undefined if it is the file as a whole.
 */
export class DamagedLog extends Error {
	/** What was found, for who knows already what to do. */
	readonly finding: string
	readonly position: Position | undefined
	/** What another one is made of: errors lose their class between threads. */
	readonly parts: ConstructorParameters<typeof DamagedLog>

	/** `problem` is said after the place, for example "is torn". */
	constructor(file: string, position: Position | undefined, problem: string) {
		const finding = `${position === undefined ? file : `position ${position} of ${file}`} ${problem}`
		super(`${finding}: run tailroom verify, then restore a backup`)
		this.finding = finding
		this.position = position
		this.parts = [file, position, problem]
	}
}
