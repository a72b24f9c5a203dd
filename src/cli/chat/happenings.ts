import type { Frame } from '../../protocol/frames.ts'
import { printableLine } from '../../protocol/message-line.ts'
import type { Paint } from './paint.ts'
import { contentText, notice, numbered } from './said.ts'

interface About {
	paint: Paint
	me: string
	sequenceOf(id: string): number | undefined
}

/** What a frame says besides messages, in a line; undefined: nothing that is told. */
export function happening(frame: Frame, about: About): string | undefined {
	const { paint, sequenceOf } = about
	const said = (text: string) => notice(text, paint)
	switch (frame.type) {
		case 'edit': {
			if (frame.erased !== undefined) return undefined
			const head = paint.dim(`— ${printableLine(frame.sender)} edited ${numbered(frame.sequence)}:`)
			return `${head} ${contentText(frame.content, frame.mentions, about)}`
		}
		case 'delete':
			return said(`${frame.by} deleted ${numbered(frame.sequence)}`)
		case 'clear': {
			if (frame.reason === 'retention')
				return said(`What was said up to ${numbered(frame.through)} is not kept any longer`)
			return said(`${frame.by} cleared what was said up to ${numbered(frame.through)}`)
		}
		case 'reaction': {
			const sequence = sequenceOf(frame.id)
			const what = sequence === undefined ? 'an earlier message' : numbered(sequence)
			if (frame.action === 'add') return said(`${frame.userId} reacted ${frame.emoji} to ${what}`)
			return said(`${frame.userId} took ${frame.emoji} back from ${what}`)
		}
		case 'member':
			return said(`${frame.userId} ${frame.action === 'remove' ? 'left' : 'belongs to this room now'}`)
		case 'presence':
			if (frame.action === 'state') return undefined
			return said(`${frame.userId} ${frame.action === 'join' ? 'came in' : 'went'}`)
		case 'room': {
			const { title, topic, visibility, archived } = frame
			const about = [visibility, ...(archived ? ['archived'] : [])].join(', ')
			return said(`The room is ${title}${topic === '' ? '' : `: ${topic}`} (${about})`)
		}
		default:
			return undefined
	}
}
