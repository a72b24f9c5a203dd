import type { ErrorCode, FieldAtFault, Problem } from '../protocol/errors.ts'

/** What only a client can find out. */
export type ClientErrorCode =
	/** Nobody answers there, or only a proxy: the line, or the server, is down. */
	| 'unreachable'
	/** The server does not prove that it is who it says to be. */
	| 'certificate_invalid'
	/** What answers there is not a Tailroom server. */
	| 'not_tailroom'
	/** The server speaks another protocol than this client. */
	| 'protocol_unknown'
	/** The server has ended the connection, and does not want it again. */
	| 'connection_refused'
	/** More is waiting to be sent than is kept. */
	| 'outbox_full'
	/** The client was closed before there was an answer. */
	| 'closed'

/** What went wrong, by a stable `code`; the message says it to a person. */
export class TailroomError extends Error {
	override readonly name = 'TailroomError'
	readonly code: ErrorCode | ClientErrorCode
	/** Of the server's answer; undefined: there was none. */
	readonly status: number | undefined
	readonly fields: readonly FieldAtFault[]
	/** Seconds after which trying again makes sense; undefined: nobody knows. */
	readonly retryAfterS: number | undefined

	constructor(
		code: TailroomError['code'],
		detail: string,
		{
			status,
			fields = [],
			retryAfterS,
		}: { status?: number; fields?: readonly FieldAtFault[] | undefined; retryAfterS?: number | undefined } = {},
	) {
		super(detail)
		this.code = code
		this.status = status
		this.fields = fields
		this.retryAfterS = retryAfterS
	}

	/** Whether the same can succeed later without anybody changing it. */
	get isTemporary(): boolean {
		return this.code === 'unreachable' || this.retryAfterS !== undefined || (this.status ?? 0) >= 500
	}
}

/** Whoever says to come back in a year is asked in an hour. */
const retryAfterSMax = 3_600

/** The error of an answer that is none of the wanted ones. */
export async function errorIn(
	url: string,
	response: Response,
	readText: () => Promise<string>,
): Promise<TailroomError> {
	const { status, headers } = response
	const type = headers.get('content-type') ?? 'no type'
	// As a date it is as good as none.
	const retryAfterS = Math.min(Math.max(Number(headers.get('retry-after')), 0), retryAfterSMax) || undefined
	if (status >= 400 && type.includes('json')) {
		const problem = parsed<Partial<Problem>>(await readText())
		if (typeof problem?.code === 'string' && typeof problem.detail === 'string') {
			const { code, detail, fields } = problem
			return new TailroomError(code, detail, { status, fields, retryAfterS })
		}
	}
	const what = `${new URL(url).origin} answered ${status} with ${type.split(';')[0]}`
	if (status >= 500 || status === 408 || status === 429) {
		return new TailroomError('unreachable', `${what}: the server is not there.`, { status, retryAfterS })
	}
	return new TailroomError('not_tailroom', `${what}: that is no Tailroom server.`, { status })
}

/** The error of a request that was never answered. */
export function neverAnswered(url: string, error: unknown): TailroomError {
	if (error instanceof TailroomError) return error
	// Node says what it was in the cause; a browser says nothing.
	const { code = '', message = '' } = (error as { cause?: { code?: string; message?: string } }).cause ?? {}
	const { origin } = new URL(url)
	const detail = `${origin} cannot be reached: ${message || code || 'no answer'}.`
	if (/^HPE_|^ERR_SSL/.test(code)) return new TailroomError('not_tailroom', `${origin} is no web server.`)
	return new TailroomError(
		/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/.test(code) ? 'certificate_invalid' : 'unreachable',
		detail,
	)
}

export function nonsense(url: string): TailroomError {
	return new TailroomError('not_tailroom', `${new URL(url).origin} sends what no Tailroom server sends.`)
}

export function parsed<Value>(text: string): Value | undefined {
	try {
		return JSON.parse(text)
	} catch {
		return undefined
	}
}
