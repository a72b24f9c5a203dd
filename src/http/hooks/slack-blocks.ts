import { contentBytesMax } from '../../commands/limits.ts'
import { emojiNamed } from './emoji-names.ts'
import { indented } from './json-text.ts'
import { code, codeBlock, escaped, inline, items, joined, link, quoted } from './markdown.ts'
import { type Fields, fieldsOf, firstText, listOf, textOf } from './payload.ts'
import { everybody, fromMrkdwn } from './slack-text.ts'

/** Slack's blocks. One of a kind that is not known is shown as it came. */
export function blocksIn(blocks: unknown): string {
	return items(listOf(blocks), (block) => `${blockOf(fieldsOf(block))}\n`).trim()
}

function blockOf(block: Fields): string {
	switch (block.type) {
		case 'header':
			return `### ${inline(textOf(fieldsOf(block.text).text))}`
		case 'section':
			return joined([
				textObject(block.text),
				items(listOf(block.fields), textObject),
				block.accessory === undefined ? '' : elementOf(block.accessory),
			])
		case 'divider':
			return '---'
		case 'context':
			return items(listOf(block.elements), (element) => elementOf(element).replace(/\n+/g, ' ')).replaceAll('\n', ' · ')
		case 'actions':
			return items(listOf(block.elements), elementOf).replaceAll('\n', ' · ')
		case 'image':
			return joined([textObject(block.title), elementOf(block)], '\n')
		case 'video':
			return link(firstText(fieldsOf(block.title).text, block.alt_text), firstText(block.title_url, block.video_url))
		case 'markdown':
			return textOf(block.text)
		case 'rich_text':
			return items(listOf(block.elements), (element) => `${richPart(fieldsOf(element))}\n`).trim()
		default:
			return asItCame(block)
	}
}

/** What stands in a block beside its text: a button, an image, a text. */
function elementOf(value: unknown): string {
	const element = fieldsOf(value)
	switch (element.type) {
		case 'mrkdwn':
		case 'plain_text':
			return textObject(element)
		case 'image': {
			const url = firstText(element.image_url, fieldsOf(element.slack_file).url)
			return link(firstText(element.alt_text, 'image'), url)
		}
		case 'button':
		case 'workflow_button':
			return link(firstText(fieldsOf(element.text).text, 'button'), textOf(element.url))
		default:
			return asItCame(value)
	}
}

/** A text, or a text object of either kind. */
export function textObject(value: unknown): string {
	const { type, text } = fieldsOf(value)
	return type === 'plain_text' ? escaped(textOf(text)) : fromMrkdwn(textOf(typeof value === 'string' ? value : text))
}

function richPart(part: Fields): string {
	const elements = listOf(part.elements)
	switch (part.type) {
		case 'rich_text_section':
			return richText(elements)
		case 'rich_text_quote':
			return quoted(richText(elements))
		case 'rich_text_preformatted':
			return codeBlock(items(elements, (element) => firstText(fieldsOf(element).text, fieldsOf(element).url)))
		case 'rich_text_list': {
			const first = Number(part.offset) > 0 ? Number(part.offset) + 1 : 1
			const indent = '    '.repeat(Math.min(Math.max(Number(part.indent) || 0, 0), 8))
			let number = first
			return items(elements, (element) => {
				const mark = part.style === 'ordered' ? `${number++}.` : '-'
				return `${indent}${mark} ${richPart(fieldsOf(element)).trim()}`
			})
		}
		default:
			return asItCame(part)
	}
}

function richText(elements: readonly unknown[]): string {
	return items(elements, (element) => richElement(fieldsOf(element)).replaceAll('\n', newLine))
		.replaceAll('\n', '')
		.replaceAll(newLine, '\n')
}

/** Of a text within a line, while its pieces are put together. */
const newLine = '\ue000'

function richElement(element: Fields): string {
	switch (element.type) {
		case 'text':
			return styled(textOf(element.text), fieldsOf(element.style))
		case 'link':
			return link(firstText(element.text, element.url), textOf(element.url))
		case 'emoji':
			return emojiNamed(textOf(element.name)) ?? byCodePoints(textOf(element.unicode)) ?? `:${textOf(element.name)}:`
		case 'broadcast':
			return everybody
		case 'user':
			return inline(textOf(element.user_id))
		case 'usergroup':
			return inline(textOf(element.usergroup_id))
		case 'channel':
			return `#${inline(textOf(element.channel_id))}`
		case 'color':
			return code(textOf(element.value))
		case 'date':
			return inline(firstText(element.fallback, element.timestamp))
		default:
			return code(JSON.stringify(element))
	}
}

/** Emphasis has no white space at its ends. */
function styled(text: string, { bold, italic, strike, code: isCode }: Fields): string {
	const inner = text.trim()
	if (inner === '') return text
	const before = text.slice(0, text.indexOf(inner))
	const after = text.slice(before.length + inner.length)
	if (isCode === true) return before + code(inner) + after
	const mark = `${strike === true ? '~~' : ''}${bold === true ? '**' : ''}${italic === true ? '_' : ''}`
	return before + mark + escaped(inner) + [...mark].reverse().join('') + after
}

/** `1f44b`, or several with hyphens. */
function byCodePoints(hex: string): string | undefined {
	if (!/^[0-9a-f]{2,5}(-[0-9a-f]{2,5}){0,9}$/i.test(hex)) return undefined
	return String.fromCodePoint(...hex.split('-').map((one) => Number.parseInt(one, 16)))
}

function asItCame(value: unknown): string {
	return codeBlock(indented(JSON.stringify(value), contentBytesMax), 'json')
}
