import { RequestError } from '../errors.ts'
import { alertmanager } from './alertmanager.ts'
import { github } from './github.ts'
import { grafana } from './grafana.ts'
import { fitted } from './markdown.ts'
import { ntfyJson, ntfyText } from './ntfy.ts'
import type { Delivery, Rendered, Sender } from './sender.ts'
import { slack } from './slack.ts'
import { tailroom } from './tailroom.ts'
import { unknown } from './unknown.ts'

/** In the order in which they are asked whether it is theirs; the last takes everything. */
const senders: readonly Sender[] = [github, grafana, alertmanager, tailroom, ntfyJson, slack, ntfyText, unknown]

/** A delivery as a message. Throws `content_empty` where there is nothing in it that could be shown. */
export function render(delivery: Delivery): Rendered & Pick<Sender, 'success' | 'changes'> {
	const sender = senders.find((one) => one.matches(delivery)) as Sender
	const { content, ...calls } = sender.render(delivery)
	const { success, changes } = sender
	const known = { ...(success && { success }), ...(changes && { changes }) }
	if (content.trim() !== '') return { content: fitted(content), ...calls, ...known }
	const isEmpty = delivery.text.trim() === ''
	const what = isEmpty ? 'The body is empty' : `This is a message as ${sender.name} takes them, without a text`
	throw new RequestError('content_empty', `${what}: there is nothing to be said.`)
}
