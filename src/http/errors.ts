import { STATUS_CODES } from 'node:http'
import { Refusal } from '../commands/refusal.ts'
import { DamagedLog } from '../events/damaged-log.ts'
import type { ErrorCode, FieldAtFault, Problem } from '../protocol/errors.ts'

interface CatalogueEntry {
	status: number
	meaning: string
	/** Seconds after which trying again makes sense. */
	retryAfterS?: number
}

/** Every error that a client can meet, over HTTP by its status, over WebSocket by its code. */
export const errorCatalogue: { readonly [Code in ErrorCode]: CatalogueEntry } = {
	body_too_large: {
		status: 413,
		meaning:
			'The request or frame is larger than 64 KiB; JSON over HTTP, than 385 KiB; what a hook is sent, than 1 MiB.',
	},
	consumer_unnamed: { status: 422, meaning: 'An ack for a subscription that names no consumer, or that there is not.' },
	content_empty: { status: 422, meaning: 'A message without text.' },
	content_not_text: {
		status: 422,
		meaning: 'A message with a character that is no text (U+0000, half a surrogate pair).',
	},
	content_too_large: { status: 413, meaning: 'A message of more than 64 KiB of UTF-8.' },
	cursor_unusable: { status: 422, meaning: 'A cursor that is ahead of the log, or that another log has given.' },
	disk_full: { status: 507, meaning: 'The disk is full: reading goes on, writing does not.', retryAfterS: 30 },
	emoji_invalid: { status: 400, meaning: 'A reaction that is not one emoji.' },
	forbidden: { status: 403, meaning: 'Visible to you, but not yours to do.' },
	frame_not_text: { status: 400, meaning: 'A WebSocket frame that is not JSON text.' },
	host_unknown: { status: 421, meaning: 'The request names a host that this server is not known by.' },
	idempotency_key_invalid: { status: 400, meaning: 'An idempotency key that is empty, too long or not ASCII.' },
	idempotency_key_reused: { status: 422, meaning: 'The idempotency key was used for something else.' },
	internal: { status: 500, meaning: 'A failure inside the server. It has left nothing behind.' },
	last_owner: { status: 422, meaning: 'The only owner can be neither demoted nor deactivated nor erased.' },
	limit_reached: { status: 422, meaning: 'There are as many of these as there can be.' },
	log_damaged: {
		status: 500,
		meaning: 'What is kept there is not what was written, so it is not shown. The operator restores a backup.',
	},
	malformed: { status: 400, meaning: 'Not JSON, a wrong type, an unknown field or query name.' },
	media_type_unsupported: { status: 415, meaning: 'A body of a type that is not understood here.' },
	message_erased: { status: 422, meaning: 'The message is erased: nothing is done with it any more.' },
	message_type_unknown: { status: 400, meaning: 'A WebSocket message of a type that does not exist.' },
	muted: { status: 403, meaning: 'A moderator has said that you say nothing in this room for now.' },
	name_invalid: { status: 400, meaning: 'A name outside of its alphabet or length.' },
	name_taken: { status: 409, meaning: 'The name belongs to an account, or did.' },
	not_authenticated: { status: 401, meaning: 'No credentials, or some that are not valid (any more).' },
	not_connected: { status: 422, meaning: 'A presence without an open stream.' },
	not_found: { status: 404, meaning: 'It does not exist, or you may not see it.' },
	origin_foreign: { status: 403, meaning: 'A request that a page of another site made.' },
	overloaded: { status: 503, meaning: 'More to do than the server can.', retryAfterS: 2 },
	password_unfit: { status: 422, meaning: 'A password that is too short, too long or no text.' },
	person_banned: { status: 409, meaning: 'Who is banned from a room cannot be a member of it.' },
	position_unknown: { status: 422, meaning: 'A position that the log has not reached.' },
	query_invalid: { status: 400, meaning: 'A search that nobody can answer. It says what is wrong, and where.' },
	rate_limited: {
		status: 429,
		meaning: 'More posts or requests a second, or searches at once, than one caller may make.',
		retryAfterS: 1,
	},
	reply_target_unknown: { status: 422, meaning: 'A reply to a message that is not in that room.' },
	room_archived: { status: 422, meaning: 'The room is archived: it can be read, and nothing is said in it.' },
	room_name_taken: { status: 409, meaning: 'The name belongs to a room that you may not see.' },
	rooms_too_many: { status: 422, meaning: 'No room can be opened any more.' },
	sender_mismatch: { status: 403, meaning: 'A name other than the one that this connection is bound to.' },
	sequence_unknown: { status: 422, meaning: 'The number of a message that the room does not have.' },
	setup_over: { status: 410, meaning: 'The server has an owner already.' },
	setup_taken: { status: 409, meaning: 'Of two who set the server up, the other one was quicker.' },
	stopping: { status: 503, meaning: 'The server is stopping.', retryAfterS: 5 },
	subscriptions_too_many: { status: 422, meaning: 'Too many subscriptions on one WebSocket, or rooms in one stream.' },
	text_unfit: { status: 422, meaning: 'A title, label or name that is no line of text, or too long.' },
	time_unfit: { status: 422, meaning: 'A time that has passed, or is too far away.' },
	tries_too_many: { status: 429, meaning: 'Too many tries with a wrong password, code or proof.', retryAfterS: 60 },
	url_unfit: {
		status: 422,
		meaning: 'An address that nothing can be posted to, or that may not be reached from here.',
	},
}

/** A request that is refused before any command is asked for. */
export class RequestError extends Error {
	readonly code: ErrorCode
	readonly detail: string
	readonly fields: readonly FieldAtFault[]
	/** Seconds after which trying again makes sense; undefined: nobody knows. */
	readonly retryAfterS: number | undefined

	constructor(code: ErrorCode, detail: string, fields: readonly FieldAtFault[] = [], retryAfterS?: number) {
		super(detail)
		this.code = code
		this.detail = detail
		this.fields = fields
		this.retryAfterS = retryAfterS ?? errorCatalogue[code].retryAfterS
	}
}

/** A number outside of what a field may hold. */
export function outOfRange(field: string, min: number, max: number): RequestError {
	const problem = `must be from ${min} to ${max}`
	return new RequestError('malformed', `${field} ${problem}.`, [{ field, problem }])
}

/** An error as a client sees it, whatever it was; `undefined` for what is our own failure. */
export function asRequestError(error: unknown): RequestError | undefined {
	if (error instanceof RequestError) return error
	if (error instanceof Refusal) {
		const fields = error.field === undefined ? [] : [{ field: error.field, problem: error.detail }]
		return new RequestError(error.code, error.detail, fields)
	}
	if (error instanceof DamagedLog) return logDamaged
	return undefined
}

/** Where the files lie is nobody's business but the operator's, whom the server's log tells. */
export const logDamaged: RequestError = new RequestError(
	'log_damaged',
	'The log of this server is damaged where this is kept, so it is not shown. ' +
		'Its operator finds out more with tailroom verify, and restores a backup.',
)

/** The body of an error over HTTP (RFC 9457). */
export function problem({ code, detail, fields }: RequestError): Problem {
	const { status } = errorCatalogue[code]
	const title = STATUS_CODES[status] ?? ''
	return { type: 'about:blank', title, status, code, detail, ...(fields.length > 0 ? { fields: [...fields] } : {}) }
}
