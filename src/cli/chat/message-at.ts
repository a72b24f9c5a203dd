import { TailroomError } from '../../client/error.ts'
import { pathOf } from '../../client/server.ts'
import type { HistoryMessage } from '../../protocol/answers.ts'
import { placeOf } from '../../protocol/message-line.ts'
import type { Talk } from './talk.ts'

/** The message that is meant by a number in a room. */
export async function messageAt(talk: Talk, room: string, sequence: number): Promise<HistoryMessage> {
	const known =
		talk.view?.room === room ? talk.view.messages.find((message) => message.sequence === sequence) : undefined
	if (known !== undefined) return known
	const path = `${pathOf(room, 'messages')}?limit=1&after=${sequence - 1}`
	const { messages } = await talk.chat.ask<{ messages: HistoryMessage[] }>('GET', path)
	const [found] = messages
	if (found?.sequence === sequence) return found
	throw new TailroomError('not_found', `There is no #${sequence} in ${placeOf(room)}.`, { status: 404 })
}
