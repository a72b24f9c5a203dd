import { inline } from './markdown.ts'
import { fieldsOf, isFields, textOf } from './payload.ts'
import { ofStrangers, type Sender } from './sender.ts'

/** A message that another server of this kind posts by a webhook: so two of them are joined. */
export const tailroom: Sender = {
	name: 'Tailroom',
	changes: true,
	matches: ({ json }) =>
		isFields(json) &&
		json.type === 'message' &&
		[json.cursor, json.sender, json.content].every((field) => typeof field === 'string'),

	render({ json }) {
		const { sender, content, erased } = fieldsOf(json)
		const said = erased === undefined ? textOf(content) : `(erased: ${textOf(erased)})`
		return ofStrangers(`**${inline(textOf(sender))}**: ${said}`)
	},
}
