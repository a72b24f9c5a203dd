import { bold, inline, items, joined, link } from './markdown.ts'
import { type Fields, fieldsOf, firstText, isFields, listOf, textOf } from './payload.ts'
import type { Sender } from './sender.ts'
import { blocksIn, textObject } from './slack-blocks.ts'
import { everybody, fromMrkdwn } from './slack-text.ts'

/**
 * Slack's incoming webhooks and Mattermost's, which take the same, and all that send to them. Plain `@name` calls
 * upon nobody there, so it does not here: `<!channel>` and its like do.
 */
export const slack: Sender = {
	name: 'Slack',
	success: { fields: { ok: true } },
	matches: ({ json }) =>
		isFields(json) &&
		(typeof json.text === 'string' || Array.isArray(json.attachments) || Array.isArray(json.blocks)) &&
		isTextOrNothing(json.text) &&
		isListOrNothing(json.attachments) &&
		isListOrNothing(json.blocks),

	render({ json }) {
		const payload = fieldsOf(json)
		// Beside blocks the text is only for where those cannot be shown.
		const said = joined([
			blocksIn(payload.blocks) || fromMrkdwn(textOf(payload.text)),
			items(listOf(payload.attachments), (attachment) => `${attachmentOf(fieldsOf(attachment))}\n`),
			textOf(fieldsOf(payload.props).card),
		]).trim()
		const content = said === '' ? '' : joined([bold(textOf(payload.username)), said])
		return { content: content.replaceAll(everybody, '@room'), calls: content.includes(everybody) ? '@room' : '' }
	},
}

function attachmentOf(attachment: Fields): string {
	const { pretext, author_name, author_link, title, title_link, text, footer } = attachment
	const images = [attachment.image_url, attachment.thumb_url].map(textOf).filter((url) => url !== '')
	const shown = joined([
		fromMrkdwn(textOf(pretext)),
		textOf(author_name) === '' ? '' : link(textOf(author_name), textOf(author_link)),
		textOf(title) === '' ? '' : `**${link(textOf(title), textOf(title_link))}**`,
		fromMrkdwn(textOf(text)),
		blocksIn(attachment.blocks),
		items(listOf(attachment.fields), (field) => fieldOf(fieldsOf(field))),
		items(images, (url) => link('image', url)),
		items(listOf(attachment.actions), (action) => actionOf(fieldsOf(action))).replaceAll('\n', ' · '),
		inline(textOf(footer)),
	])
	return shown === '' ? fromMrkdwn(textOf(attachment.fallback)) : shown
}

function fieldOf({ title, value }: Fields): string {
	const name = bold(textOf(title))
	return joined([name === '' ? '' : `${name}:`, textObject(typeof value === 'number' ? String(value) : value)], ' ')
}

function actionOf({ text, name, url }: Fields): string {
	const label = firstText(text, name)
	return textOf(url) === '' ? inline(label) : link(label, textOf(url))
}

function isTextOrNothing(value: unknown): boolean {
	return value === undefined || value === null || typeof value === 'string'
}

function isListOrNothing(value: unknown): boolean {
	return value === undefined || value === null || Array.isArray(value)
}
