import { startThread } from '../program/threads.ts'
import { DamagedLog } from './damaged-log.ts'
import type { Position } from './log.ts'

/** Checks files on a thread of its own, one after the other, beside whoever writes them. */
export interface Checker {
	/**
	 * Checks all of a log up to a position: its events, as checkChain, its tables, as checkOwnSchema, and the file, in
	 * which SQLite must find nothing wrong. Gives the number of events; rejects with DamagedLog.
	 */
	log(path: string, through: Position): Promise<number>
	/** What SQLite finds wrong with a file first; undefined if nothing is. */
	integrity(path: string): Promise<string | undefined>
	/** Ends the thread when it has done what it was asked for. */
	stop(): Promise<void>
}

export type CheckTask = { type: 'chain'; path: string; through: Position } | { type: 'integrity'; path: string }

export type Checked =
	| { done: true; events: number; finding: string | undefined }
	| { done: false; damaged: DamagedLog['parts'] }
	| { done: false; message: string }

export function startChecker(): Checker {
	const worker = startThread('events/checker-thread')
	const waiting: PromiseWithResolvers<Extract<Checked, { done: true }>>[] = []
	worker.on('message', (checked: Checked) => {
		const asked = waiting.shift()
		if (checked.done) asked?.resolve(checked)
		else asked?.reject('damaged' in checked ? new DamagedLog(...checked.damaged) : new Error(checked.message))
	})
	worker.on('error', (error) => {
		for (const asked of waiting.splice(0)) asked.reject(error)
	})
	const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))

	function ask(task: CheckTask) {
		const asked = Promise.withResolvers<Extract<Checked, { done: true }>>()
		waiting.push(asked)
		worker.postMessage(task)
		return asked.promise
	}

	return {
		async log(path, through) {
			const [chain, file] = [ask({ type: 'chain', path, through }), ask({ type: 'integrity', path })]
			file.catch(() => {})
			// An event that is damaged says more than a page.
			const { events } = await chain
			const { finding } = await file
			if (finding !== undefined) throw new DamagedLog(path, undefined, `is damaged (${finding})`)
			return events
		},
		integrity: async (path) => (await ask({ type: 'integrity', path })).finding,
		async stop() {
			worker.postMessage('stop')
			await exited
		},
	}
}
