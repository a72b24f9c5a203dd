import { TailroomError } from '../../client/error.ts'
import type { Following } from '../../client/follow.ts'
import type { StreamFrame } from '../../client/line.ts'
import type { HelloFrame } from '../../protocol/frames.ts'
import { messageLine } from '../../protocol/message-line.ts'
import { complain } from '../complain.ts'
import { jsonLine } from '../remote/json-line.ts'
import { Acknowledging } from './acknowledging.ts'
import type { Interruptions } from './interruptions.ts'
import type { Printer } from './printer.ts'

export interface PrintOptions {
	asJson: boolean
	/** The cursor that was asked for. */
	after: string | undefined
	consumer: string | undefined
	interruptions: Interruptions
}

/** Prints a stream to its end, which is none unless something is wrong. */
export async function printFrames(
	following: Pick<Following, 'ack' | 'close'> & AsyncIterable<StreamFrame>,
	printer: Printer,
	options: PrintOptions,
): Promise<void> {
	const { asJson, after, consumer, interruptions } = options
	let refusal: unknown
	const acknowledging = new Acknowledging(
		(cursor) => following.ack(cursor),
		(problem) => {
			refusal = problem
			following.close()
		},
	)
	let isFirst = true
	for await (const frame of following) {
		if (refusal !== undefined) break
		if (frame.type === 'hello') {
			if (isFirst) checkBeginning(frame, after)
			else if (frame.refused !== undefined) complain(`${listed(frame.refused)} is not to be seen any more`)
			// A consumer's own cursor, which nobody has named here, can be of no use from the beginning.
			if (frame.mode === 'reset') interruptions.reset(whyReset(frame))
			isFirst = false
		} else if (frame.type === 'live') interruptions.live()
		const { cursor } = frame as { cursor?: string }
		// Also what is not printed waits its turn: what was before it may still be on its way out.
		await printer.print(textOf(frame, asJson), () => {
			if (consumer !== undefined && cursor !== undefined) acknowledging.done(cursor)
		})
	}
	if (refusal !== undefined) throw refusal
}

function checkBeginning(hello: HelloFrame, after: string | undefined): void {
	const { mode, refused = [] } = hello
	if (refused.length > 0) {
		throw new TailroomError('not_found', `There is no ${listed(refused)}, or it is not yours to see.`, { status: 404 })
	}
	if (mode === 'reset' && after !== undefined) {
		const detail = `Nothing can follow ${JSON.stringify(after)}: ${whyReset(hello)}.`
		throw new TailroomError('cursor_unusable', detail, { status: 422 })
	}
}

function whyReset({ reason = '' }: HelloFrame): string {
	const reasons: Record<string, string> = {
		ahead: "the server's log does not reach that far",
		diverged: "the server's log holds something else there, as after a restore, or on another server",
		unknown: 'that is no cursor',
	}
	return reasons[reason] ?? 'the server cannot use it'
}

function listed(rooms: readonly string[]): string {
	return rooms.map((room) => JSON.stringify(room)).join(', ')
}

/** In text only what people say; as JSON all that is recorded. */
function textOf(frame: StreamFrame, asJson: boolean): string {
	if (asJson) return 'cursor' in frame && 'room' in frame ? jsonLine(frame) : ''
	if (frame.type !== 'message') return ''
	try {
		return messageLine(frame)
	} catch {
		throw new TailroomError('not_tailroom', 'What the server sends is not what a Tailroom server sends.')
	}
}
