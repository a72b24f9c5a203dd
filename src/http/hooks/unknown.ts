import { contentBytesMax } from '../../commands/limits.ts'
import { indented } from './json-text.ts'
import { codeBlock } from './markdown.ts'
import { ofStrangers, type Sender } from './sender.ts'

/** Whatever nobody here knows: it is shown as it came, so that it is not lost. */
export const unknown: Sender = {
	name: 'unknown',
	matches: () => true,
	render({ kind, text }) {
		if (text.trim() === '') return ofStrangers('')
		return ofStrangers(kind === 'json' ? codeBlock(indented(text, contentBytesMax), 'json') : codeBlock(text))
	},
}
