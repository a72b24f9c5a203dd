import { printableLine } from '../protocol/message-line.ts'

/** One sentence for whoever started it. Some of it may be what a server said. */
export function complain(sentence: string): void {
	process.stderr.write(`tailroom: ${printableLine(sentence).trim()}\n`)
}
