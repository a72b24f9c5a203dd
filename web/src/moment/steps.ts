import { errorIn } from '../../../src/client/error.ts'
import { pathOf } from '../../../src/client/server.ts'
import type { History } from '../../../src/protocol/answers.ts'
import type { Frame } from '../../../src/protocol/frames.ts'
import { chat } from '../state/chat.ts'
import { displayNameOf, writerOf } from '../state/people.ts'

/** What happened to a room; who has read what is nothing that it shows. */
const shown = 'type != "read"'

/** The next that happened in a room after a position; undefined: nothing has, yet. */
export function stepForward(room: string, position: number): Promise<Frame | undefined> {
	return chat.ask('GET', `${pathOf(room, 'wait')}?after=${position}&timeoutMs=0&filter=${encodeURIComponent(shown)}`)
}

/**
 * What had happened last before the last thing that had happened at a position.
 * @param count how many messages the room had then
 */
export async function stepBack(room: string, position: number, count: number): Promise<Frame | undefined> {
	// Between the last two messages and the position there is mostly little.
	const after = count < 2 ? 0 : (await positionOfMessage(room, count - 1)) - 1
	const filter = encodeURIComponent(`${shown} && position <= ${position}`)
	const path = `${pathOf(room, 'events')}?after=${after}&until=head&filter=${filter}`
	const answer = await fetch(path, { headers: { Accept: 'application/x-ndjson' } })
	if (!answer.ok) throw await errorIn(path, answer, () => answer.text())
	const lines = (await answer.text()).trimEnd().split('\n')
	// Those without a room speak of the stream itself.
	return lines
		.map((line): Frame => JSON.parse(line))
		.filter(({ room }) => room !== undefined)
		.at(-2)
}

/** Where a message was posted; 0 for the one before the first. */
export async function positionOfMessage(room: string, sequence: number): Promise<number> {
	if (sequence === 0) return (await positionOfMessage(room, 1)) - 1
	const { messages } = await chat.ask<History>('GET', `${pathOf(room, 'messages')}?limit=1&around=${sequence}`)
	return messages[0]?.position ?? 0
}

/** What happened, in words. */
export function saidOf(frame: Frame): string {
	switch (frame.type) {
		case 'message':
			return `${writerOf(frame)} wrote a message`
		case 'edit':
			return `${writerOf(frame)} edited a message`
		case 'delete':
			return `${displayNameOf(frame.by)} deleted a message`
		case 'clear':
			return 'Older messages were deleted'
		case 'reaction':
			return `${displayNameOf(frame.userId)} ${frame.action === 'add' ? 'reacted with' : 'took back'} ${frame.emoji}`
		case 'member':
			return `${displayNameOf(frame.userId)} ${frame.action === 'add' ? 'became a member' : 'left'}`
		case 'room':
			return 'The room was opened or changed'
		default:
			return ''
	}
}

/** The message that it was about; undefined: none. */
export function sequenceOf(frame: Frame, messages: readonly { id: string; sequence: number }[]): number | undefined {
	if (frame.type === 'message' || frame.type === 'edit' || frame.type === 'delete') return frame.sequence
	return frame.type === 'reaction' ? messages.find(({ id }) => id === frame.id)?.sequence : undefined
}
