import { isUtf8 } from 'node:buffer'
import { BadExport } from './bad-export.ts'

/** The lines of an export as they come in, some at a time; each ends with a line feed. Throws BadExport. */
export async function* lineBatches(input: AsyncIterable<Buffer>, bytesMax: number): AsyncGenerator<string[]> {
	let first = 1
	let begun: Buffer[] = []
	let begunBytes = 0
	for await (const bytes of input) {
		const end = bytes.lastIndexOf('\n') + 1
		if (end > 0) {
			const lines = textOf(Buffer.concat([...begun, bytes.subarray(0, end)]), first).split('\n')
			lines.pop()
			yield lines
			first += lines.length
			begun = []
			begunBytes = 0
		}
		begun.push(bytes.subarray(end))
		begunBytes += bytes.length - end
		if (begunBytes > bytesMax) throw new BadExport(`line ${first} is longer than the ${bytesMax} bytes of the longest`)
	}
	if (begunBytes > 0) throw new BadExport(`it was cut off in the middle of line ${first}`)
}

function textOf(bytes: Buffer, first: number): string {
	if (isUtf8(bytes)) return bytes.toString()
	let number = first
	for (let from = 0; ; number++) {
		const end = bytes.indexOf('\n', from) + 1
		if (!isUtf8(bytes.subarray(from, end))) break
		from = end
	}
	throw new BadExport(`line ${number} is no UTF-8: if it is compressed, unpack it first`)
}
