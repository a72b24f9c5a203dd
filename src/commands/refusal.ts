/** Why a command can be refused. Each code stands in the catalogue of errors with its status. */
export type RefusalCode =
	| 'content_empty'
	| 'content_too_large'
	| 'content_not_text'
	| 'disk_full'
	| 'emoji_invalid'
	| 'forbidden'
	| 'idempotency_key_invalid'
	| 'idempotency_key_reused'
	| 'internal'
	| 'last_owner'
	| 'limit_reached'
	| 'log_damaged'
	| 'malformed'
	| 'message_erased'
	| 'muted'
	| 'name_invalid'
	| 'name_taken'
	| 'not_authenticated'
	| 'not_found'
	| 'overloaded'
	| 'person_banned'
	| 'reply_target_unknown'
	| 'room_archived'
	| 'room_name_taken'
	| 'rooms_too_many'
	| 'sequence_unknown'
	| 'setup_taken'
	| 'stopping'
	| 'text_unfit'
	| 'time_unfit'
	| 'url_unfit'

/** A command that does not happen, with a `detail` on which a person can act. */
export class Refusal extends Error {
	readonly code: RefusalCode
	readonly detail: string
	/** The field at fault, if it is one. */
	readonly field: string | undefined

	constructor(code: RefusalCode, detail: string, field?: string) {
		super(detail)
		this.code = code
		this.detail = detail
		this.field = field
	}
}
