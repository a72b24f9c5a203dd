import type { Frame } from '../../protocol/frames.ts'
import type { WebhookAnswer } from './post.ts'

/** A frame as it was posted: one of those that are in the log. */
export type PostedFrame = Extract<Frame, { cursor: string }>

/** Something to say in answer to a message. */
export interface Reply {
	room: string
	content: string
	replyTo: string
}

/** What an answer to a message says: a text, or the `content` or `text` of JSON; undefined: nothing. */
export function replyIn(frame: PostedFrame, { contentType, body }: WebhookAnswer): Reply | undefined {
	if (frame.type !== 'message' || body === undefined || body.length === 0) return undefined
	const content = textIn(contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '', body)
	return content === undefined || content.trim() === '' ? undefined : { room: frame.room, content, replyTo: frame.id }
}

function textIn(type: string, body: Buffer): string | undefined {
	try {
		const text = new TextDecoder('utf-8', { fatal: true }).decode(body)
		if (type === 'text/plain' || type === 'text/markdown') return text
		if (type !== 'application/json') return undefined
		const { content, text: said } = JSON.parse(text) as { content?: unknown; text?: unknown }
		return [content, said].find((one) => typeof one === 'string')
	} catch {
		// Whatever it is, it is nothing to say.
		return undefined
	}
}
