/** What can be wrong with what a client asks: stable, and each explained in docs/protocol.md. */
export type ErrorCode =
	| 'body_too_large'
	| 'consumer_unnamed'
	| 'content_empty'
	| 'content_not_text'
	| 'content_too_large'
	| 'cursor_unusable'
	| 'disk_full'
	| 'emoji_invalid'
	| 'forbidden'
	| 'frame_not_text'
	| 'host_unknown'
	| 'idempotency_key_invalid'
	| 'idempotency_key_reused'
	| 'internal'
	| 'last_owner'
	| 'limit_reached'
	| 'log_damaged'
	| 'malformed'
	| 'media_type_unsupported'
	| 'message_erased'
	| 'message_type_unknown'
	| 'muted'
	| 'name_invalid'
	| 'name_taken'
	| 'not_authenticated'
	| 'not_connected'
	| 'not_found'
	| 'origin_foreign'
	| 'overloaded'
	| 'password_unfit'
	| 'person_banned'
	| 'position_unknown'
	| 'query_invalid'
	| 'rate_limited'
	| 'reply_target_unknown'
	| 'room_archived'
	| 'room_name_taken'
	| 'rooms_too_many'
	| 'sender_mismatch'
	| 'sequence_unknown'
	| 'setup_over'
	| 'setup_taken'
	| 'stopping'
	| 'subscriptions_too_many'
	| 'text_unfit'
	| 'time_unfit'
	| 'tries_too_many'
	| 'url_unfit'

/** Where: a JSON pointer into the body, or the name of a query, path or header field. */
export interface FieldAtFault {
	field: string
	problem: string
}

/** The body of an error over HTTP (RFC 9457). */
export interface Problem {
	type: 'about:blank'
	title: string
	status: number
	code: ErrorCode
	/** On which a person can act. */
	detail: string
	fields?: FieldAtFault[]
}
