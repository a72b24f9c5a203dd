import type { IncomingHttpHeaders } from 'node:http'
import { emojiNamed } from './emoji-names.ts'
import { bold, code, inline, items, joined, link } from './markdown.ts'
import { type Fields, fieldsOf, isFields, listOf, textOf } from './payload.ts'
import type { Sender } from './sender.ts'

/** What ntfy takes: the message itself, with the rest in headers. */
export const ntfyText: Sender = {
	name: 'ntfy',
	matches: ({ kind }) => kind === 'message',
	render({ headers, text }) {
		const header = (...names: string[]) => headerOf(headers, names)
		return {
			content: rendered({
				title: header('title', 'x-title', 'ti', 't'),
				message: text.trim() === '' ? header('message', 'x-message', 'm') : text,
				priority: header('priority', 'x-priority', 'prio', 'p'),
				tags: header('tags', 'x-tags', 'tag', 'ta').split(','),
				click: header('click', 'x-click'),
				attach: header('attach', 'x-attach', 'a'),
			}),
		}
	},
}

/** The same as JSON, sent to the address of a server. */
export const ntfyJson: Sender = {
	name: 'ntfy',
	success: { status: 200 },
	matches: ({ json }) =>
		isFields(json) &&
		typeof json.topic === 'string' &&
		(typeof json.message === 'string' || (json.message === undefined && typeof json.title === 'string')),
	render({ json }) {
		const { title, message, priority, tags, click, attach, actions } = fieldsOf(json)
		const texts = { title, message, priority, click, attach }
		return {
			content: rendered({
				...(Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, textOf(value)])) as Texts),
				tags: listOf(tags).map(textOf),
				actions: items(listOf(actions), (action) => actionOf(fieldsOf(action))),
			}),
		}
	},
}

type Texts = Record<'title' | 'message' | 'priority' | 'click' | 'attach', string>

function rendered({
	title,
	message,
	priority,
	tags,
	click,
	attach,
	actions = '',
}: Texts & { tags: string[]; actions?: string }) {
	const names = tags.map((tag) => tag.trim()).filter((tag) => tag !== '')
	const emoji = names.flatMap((name) => emojiNamed(name) ?? []).join('')
	const words = items(
		names.filter((name) => emojiNamed(name) === undefined),
		code,
	).replaceAll('\n', ' ')
	const head = joined([emoji, priorityOf(priority), bold(title)], ' ')
	const links = joined([click === '' ? '' : link('open', click), attach === '' ? '' : link('attachment', attach)], ' ')
	const said = joined([head, message])
	// Tags and addresses alone say nothing that anybody could be told.
	return title.trim() === '' && message.trim() === '' && attach === '' ? '' : joined([said, words, links, actions])
}

/** One to five, where three is nothing special; also by name. */
function priorityOf(priority: string): string {
	switch (priority.trim().toLowerCase()) {
		case '5':
		case 'max':
		case 'urgent':
			return '🚨 urgent'
		case '4':
		case 'high':
			return '❗ high'
		case '2':
		case 'low':
			return '🔽 low'
		case '1':
		case 'min':
			return '🔽 lowest'
		default:
			return ''
	}
}

function actionOf({ label, url }: Fields): string {
	return textOf(url) === '' ? inline(textOf(label)) : link(textOf(label), textOf(url))
}

function headerOf(headers: IncomingHttpHeaders, names: readonly string[]): string {
	const value = names.map((name) => headers[name]).find((one) => one !== undefined)
	return value === undefined ? '' : decodedHeader(value.toString())
}

/** What stands in a header: words as RFC 2047 writes them, UTF-8, or Latin-1 as Node takes it to be. */
export function decodedHeader(value: string): string {
	const whole = decoded('utf-8', Buffer.from(value, 'latin1')) ?? value
	// White space between two encoded words is part of neither.
	const words = whole.replace(/(\?=)[ \t]+(?==\?)/g, '$1')
	const text = words.replace(/=\?([\w-]{1,32})\?([BQ])\?([^?\s]*)\?=/gi, (word, charset, encoding, encoded) => {
		return decoded(charset, bytesOf(encoding.toUpperCase(), encoded)) ?? word
	})
	return textOf(text)
}

function bytesOf(encoding: string, encoded: string): Buffer {
	if (encoding === 'B') return Buffer.from(encoded, 'base64')
	const raw = encoded
		.replaceAll('_', ' ')
		.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
	return Buffer.from(raw, 'latin1')
}

/** Undefined: no character set that is known, or not that text. */
function decoded(charset: string, bytes: Buffer): string | undefined {
	if (!/^(utf-8|us-ascii|iso-8859-1)$/i.test(charset)) return undefined
	try {
		return new TextDecoder(charset, { fatal: true }).decode(bytes)
	} catch {
		return undefined
	}
}
