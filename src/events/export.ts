import { createWriteStream, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { exportedLines } from './exported-lines.ts'
import type { LogContent } from './log-content.ts'
import { makeFile } from './new-file.ts'
import { Outlet } from './outlet.ts'
import { SetAside } from './set-aside.ts'
import { isThere } from './there.ts'

export interface ExportOptions {
	/** Is told how many events of how many are done. */
	onProgress?: (done: number, total: number) => void
	/**
	 * How long in all whoever takes the lines is waited for, in milliseconds; 5 minutes unless told. As long as not
	 * all is read, the write-ahead log of a server grows. What is left then is read at once, and waits in a file.
	 */
	patienceMs?: number
}

/** Long enough for any log through a pipe to a program that works, short beside one that nobody looks at. */
const usualPatienceMs = 5 * 60_000

/**
 * Writes the log of a directory into a new file, as lines of JSON, beside a server that writes or without one.
 * Gives what it holds. Rejects with DamagedLog where the log is not what was written.
 *
 * Never overwrites. Interrupted at any moment, there is no half export of that name.
 */
export async function exportToFile(directory: string, file: string, options: ExportOptions = {}): Promise<LogContent> {
	const log = logOf(directory)
	if (isThere(file)) throw new Error(`${file} is there already: an export never overwrites, choose another name`)
	return await makeFile(file, async (path) => {
		const output = createWriteStream(path)
		try {
			const content = await exportLog(log, output, options)
			if (isThere(file)) throw new Error(`${file} has appeared meanwhile: an export never overwrites`)
			return content
		} finally {
			await closed(output)
		}
	})
}

/** What went wrong with it is known already. */
function closed(output: WriteStream): Promise<void> {
	return new Promise((resolve) => {
		if (output.closed) resolve()
		else output.once('close', resolve).destroy()
	})
}

/** As exportToFile, to whoever reads what is written. Rejects with `EPIPE` once nobody does any more. */
export async function exportTo(output: Writable, directory: string, options: ExportOptions = {}): Promise<LogContent> {
	return await exportLog(logOf(directory), output, options)
}

function logOf(directory: string): string {
	const log = join(directory, 'log.db')
	if (isThere(log)) return log
	throw new Error(`there is no log in ${directory}: choose another --data directory`)
}

async function exportLog(
	log: string,
	output: Writable,
	{ onProgress, patienceMs = usualPatienceMs }: ExportOptions,
): Promise<LogContent> {
	const outlet = new Outlet(output)
	let exported: LogContent | undefined
	let waitMs = patienceMs
	let aside: SetAside | undefined
	try {
		for (const { bytes, done, content } of exportedLines(log)) {
			const askedAt = performance.now()
			if (aside === undefined && !(await outlet.hasRoom(waitMs))) aside = new SetAside()
			waitMs = Math.max(0, waitMs - (performance.now() - askedAt))
			if (aside === undefined) outlet.write(bytes)
			else await aside.add(bytes)
			onProgress?.(done, content.events)
			exported = content
		}
		if (aside !== undefined) {
			for await (const bytes of aside.read()) {
				await outlet.hasRoom()
				outlet.write(bytes)
			}
		}
		await outlet.flush()
		return exported as LogContent
	} finally {
		aside?.close()
	}
}
