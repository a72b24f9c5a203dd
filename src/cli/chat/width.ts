import { createInterface } from 'node:readline'
import { PassThrough, Writable } from 'node:stream'

const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
const ruler = createInterface({ input: new PassThrough(), output: nowhere, terminal: true, historySize: 0 })

/**
 * How many columns a text of one line takes. Node knows it, and tells it only of where the cursor of a prompt would be; so
 * that is asked.
 */
export function widthOf(text: string): number {
	ruler.setPrompt(text)
	return ruler.getCursorPos().cols
}

/** As much of a text as fits, with a sign that there is more. */
export function shortened(text: string, columns: number): string {
	if (widthOf(text) <= columns) return text
	let fitting = ''
	let width = 1
	for (const character of text) {
		width += widthOf(character)
		if (width > columns) break
		fitting += character
	}
	return `${fitting}…`
}
