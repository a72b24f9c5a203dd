import type { IncomingHttpHeaders } from 'node:http'
import { readDelivery } from '../../src/http/hooks/read-delivery.ts'
import { render } from '../../src/http/hooks/render.ts'
import type { Rendered } from '../../src/http/hooks/sender.ts'

/** What a body of that type becomes. */
export function delivered(body: string | Buffer, headers: IncomingHttpHeaders): Rendered {
	const { success: _success, changes: _changes, ...rendered } = render(readDelivery(headers, Buffer.from(body)))
	return rendered
}

/** The text of a message that a value becomes which is sent as JSON. */
export function rendered(payload: unknown, headers: IncomingHttpHeaders = {}): string {
	return asJson(payload, headers).content
}

export function asJson(payload: unknown, headers: IncomingHttpHeaders = {}): Rendered {
	return delivered(JSON.stringify(payload), { 'content-type': 'application/json', ...headers })
}
