import { placeOf } from '../../protocol/message-line.ts'
import { dayOf, messageText } from './said.ts'
import type { Talk } from './talk.ts'

/** What fits a screen. */
const foundMax = 10

/** `/search words`: the newest that have them, the newest last. */
export async function search(talk: Talk, words: string): Promise<void> {
	if (words === '') return talk.refuse('/search takes words: /search deploy from:ada')
	const { chat, screen, me } = talk
	const { messages, next, complete } = await chat.search(words, { limit: foundMax })
	if (messages.length === 0)
		talk.notice(complete ? 'Nothing is found.' : 'Nothing is found so far: try again in a moment.')
	let day = ''
	for (const message of messages.toReversed()) {
		const itsDay = dayOf(message.timestamp)
		if (itsDay !== day) talk.notice(itsDay)
		day = itsDay
		talk.print(messageText(message, { paint: screen.paint, me, place: placeOf(message.room) }))
	}
	if (messages.length > 0 && next !== undefined) talk.notice('There may be more: before:2026-11-01 looks further back.')
}
