import { withEmoji } from './emoji-names.ts'
import { codeBlock, isWebAddress, link } from './markdown.ts'

/*
 * Slack's mrkdwn as Markdown. Mattermost sends Markdown in the same fields, so what is Markdown already stays
 * what it is.
 */

/** Stands for a call upon everybody until the message is complete; others' text has no such character. */
export const everybody = '\ue002'

/** Something that is done already stands between these two. */
const [open, close] = ['\ue000', '\ue001']

export function fromMrkdwn(text: string): string {
	const done: string[] = []
	const keep = (markdown: string) => `${open}${done.push(markdown) - 1}${close}`
	const withoutCode = text
		.replace(/```([\s\S]*?)```/g, (_, inner: string) => keep(blockOf(inner)))
		.replace(/`[^`\n]+`/g, (span) => keep(entities(span, '<')))
		// What leads somewhere, in Markdown: nothing in its address is emphasis.
		.replace(/\]\(https?:\/\/[^\s()<>]*\)/g, keep)
	const marked = withoutCode
		.replace(/<([^<>\n]+)>/g, (whole, inner: string) => keep(tokenOf(inner) ?? `\\${whole}`))
		.replace(/(?<![\w*])\*(?![\s*])([^*\n]*)(?<!\s)\*(?![\w*])/g, '**$1**')
		.replace(/(?<![\w~])~(?![\s~])([^~\n]*)(?<!\s)~(?![\w~])/g, '~~$1~~')
	return withEmoji(entities(marked, '\\<')).replace(
		new RegExp(`${open}(\\d+)${close}`, 'g'),
		(_, index: string) => done[Number(index)] as string,
	)
}

/** What stands in angle brackets; undefined: nothing of Slack's. */
function tokenOf(inner: string): string | undefined {
	const [target = '', label] = inner.split(/\|(.*)/s)
	if (/^!(channel|here|everyone)$/.test(target)) return everybody
	// Nobody here is called by an id of another chat.
	if (/^[@!#]/.test(target)) return (target.startsWith('#') ? '#' : '') + nameOf(label ?? target.slice(1))
	const address = entities(target, '<')
	return isWebAddress(address) ? link(entities(label ?? shownAddress(address), '<'), address) : undefined
}

function nameOf(label: string): string {
	return label.replace(/^[@#]/, '')
}

function shownAddress(address: string): string {
	return address.replace(/^mailto:/i, '')
}

function blockOf(inner: string): string {
	const [, language = '', rest = inner] = /^([a-z0-9+#-]+)\n(.*)$/s.exec(inner) ?? []
	return `\n${codeBlock(entities(rest.replace(/^\n/, ''), '<'), language)}\n`
}

/** The three that Slack escapes. */
function entities(text: string, less: string): string {
	return text.replace(/&(lt|gt|amp);/g, (_, name) => (name === 'lt' ? less : name === 'gt' ? '>' : '&'))
}
