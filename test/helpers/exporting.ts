import { Readable, Writable } from 'node:stream'
import { type ExportOptions, exportTo } from '../../src/events/export.ts'
import { importLog } from '../../src/events/import.ts'

/** What the export of a directory's log holds. */
export async function exported(directory: string, options?: ExportOptions): Promise<Buffer> {
	const chunks: Buffer[] = []
	const output = new Writable({
		write(chunk, _encoding, done) {
			chunks.push(chunk)
			done()
		},
	})
	await exportTo(output, directory, options)
	return Buffer.concat(chunks)
}

/** Imports it as it would come through a pipe: cut anywhere. */
export function imported(bytes: Buffer | string, directory: string, cutBytes = 1_000) {
	const whole = Buffer.from(bytes)
	const cuts = Array.from({ length: Math.ceil(whole.length / cutBytes) }, (_, i) => {
		return whole.subarray(i * cutBytes, (i + 1) * cutBytes)
	})
	return importLog(Readable.from(cuts), directory)
}
