import { contentBytesMax } from '../../commands/limits.ts'
import { indented } from './json-text.ts'
import { codeBlock } from './markdown.ts'
import { ofStrangers, type Sender } from './sender.ts'

/** Whatever nobody here knows: it is shown as it came, so that it is not lost. */
export const unknown: Sender = {
	name: 'unknown',
	matches: () => true,
	render({ kind, text, json }) {
		if (text.trim() === '') return ofStrangers('')
		if (kind !== 'json') return ofStrangers(codeBlock(text))
		// Nested ever deeper, it would be mostly white space.
		return ofStrangers(codeBlock(json === undefined ? text : indented(text, contentBytesMax), 'json'))
	},
}
