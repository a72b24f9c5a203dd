import type { ErasureReason } from '../../../src/client/browser.ts'

/** Why a message has no text any more. */
export function erasedSentence(reason: ErasureReason, sender: string): string {
	// The name of a guest goes with the text.
	const whose = sender === 'erased' ? '' : ` of ${sender}`
	return {
		author: `${sender} deleted this message.`,
		moderator: `A moderator deleted this message${whose}.`,
		retention: 'This message is not kept any longer.',
		person: 'This message was erased with the account of who wrote it.',
	}[reason]
}
