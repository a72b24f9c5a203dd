/**
 * JSON with each value on a line of its own, for people: nothing else is changed, so that numbers and fields
 * are those that were sent. `text` is valid JSON; it ends early once it has more than `charsMax` characters.
 */
export function indented(text: string, charsMax: number): string {
	let shown = ''
	let depth = 0
	const newLine = () => `\n${'\t'.repeat(depth)}`
	for (let at = 0; at < text.length && shown.length <= charsMax; ) {
		const char = text[at] as string
		const end = endOfToken(text, at)
		if (char === '{' || char === '[') {
			const next = nextAt(text, end)
			if (text[next] === '}' || text[next] === ']') {
				shown += char + text[next]
				at = next + 1
				continue
			}
			depth += 1
			shown += char + newLine()
		} else if (char === '}' || char === ']') {
			depth -= 1
			shown += newLine() + char
		} else if (char === ',') shown += char + newLine()
		else if (char === ':') shown += ': '
		// Some programs escape all that is not ASCII.
		else if (char === '"') shown += JSON.stringify(JSON.parse(text.slice(at, end)))
		else shown += text.slice(at, end).trim()
		at = end
	}
	return shown
}

function endOfToken(text: string, at: number): number {
	const char = text[at] as string
	if (char === '"') return endOfString(text, at)
	if (isSpace(char)) return nextAt(text, at)
	if (isMark(char)) return at + 1
	let end = at + 1
	while (end < text.length && !isMark(text[end] as string) && !isSpace(text[end] as string)) end += 1
	return end
}

function endOfString(text: string, at: number): number {
	let end = at + 1
	while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1
	return end + 1
}

/** Where the next thing stands that is no space. */
function nextAt(text: string, from: number): number {
	let at = from
	while (at < text.length && isSpace(text[at] as string)) at += 1
	return at
}

function isMark(char: string): boolean {
	return '{}[],:'.includes(char)
}

function isSpace(char: string): boolean {
	return ' \t\n\r'.includes(char)
}
