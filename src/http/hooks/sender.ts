import type { IncomingHttpHeaders } from 'node:http'

/** What has arrived at a hook, as far as it is known without knowing who sent it. */
export interface Delivery {
	headers: IncomingHttpHeaders
	/** The whole body, decoded. Of a form that has a payload, that. */
	text: string
	/** What kind of text: JSON, a message that somebody wrote, or a document of some other type. */
	kind: 'json' | 'message' | 'document'
	/** What the JSON says; undefined for other kinds, and for what is nested deeper than anybody's payload. */
	json: unknown
}

/** One kind of program that can send something, told by what it sends. */
export interface Sender {
	/** As it is called in an error. */
	name: string
	matches(delivery: Delivery): boolean
	/** What it sends again under the same id may be in other words: what was erased since has none. */
	changes?: true
	/** What its programs take for a success, where that is more than a 2xx. */
	success?: Success
	render(delivery: Delivery): Rendered
}

export interface Success {
	status?: 200
	/** Beside the message's own. */
	fields?: { ok: true }
}

export interface Rendered {
	/** Markdown, as long as it comes; empty where nothing of it can be shown. */
	content: string
	/** The words that call upon people; absent: all of them. */
	calls?: string
}

/** Words of people who are not here: they call upon nobody. */
export function ofStrangers(content: string): Rendered {
	return { content, calls: '' }
}
