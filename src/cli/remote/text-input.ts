import { TailroomError } from '../../client/error.ts'

/** No server takes more. It is not asked first: that would be another request for each message. */
const messageBytesMax = 64 * 1_024

/** One message, read to its end, without its last line end. Rejects what no server would take before it is all read. */
export async function messageFromInput(input: AsyncIterable<Buffer | string>): Promise<string> {
	const chunks: Buffer[] = []
	let bytes = 0
	for await (const chunk of input) {
		const read = Buffer.from(chunk as Buffer)
		bytes += read.length
		// And the line end, which does not count.
		if (bytes > messageBytesMax + 2) throw new TailroomError('content_too_large', 'A message has at most 64 KiB.')
		chunks.push(read)
	}
	try {
		const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks))
		return text.replace(/\r?\n$/, '')
	} catch {
		throw new TailroomError('content_not_text', 'What standard input gives is not text in UTF-8.')
	}
}
