import { Refusal } from './refusal.ts'

/** Refuses what is no line of text that people can read: too long, or with control characters. */
export function checkLine(text: string, field: string, charsMax: number): void {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
	const isLine = text.isWellFormed() && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text)
	if (isLine && text.length <= charsMax) return
	const detail = `The ${field} is one line of at most ${charsMax} characters, without control characters.`
	throw new Refusal('text_unfit', detail, field)
}
