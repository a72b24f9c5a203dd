import type { MessageFrame } from './frames.ts'

/** `2026-11-22 09:15:02  #general  alice: hello`, or `@alice` for `#general`, further lines indented. The time is UTC. */
export function messageLine(frame: Pick<MessageFrame, 'timestamp' | 'room' | 'sender' | 'content' | 'erased'>): string {
	const time = new Date(frame.timestamp).toISOString().slice(0, 19).replace('T', ' ')
	const said =
		frame.erased === undefined ? indented(printable(frame.content)) : `(erased: ${printableLine(frame.erased)})`
	return `${time}  ${placeOf(frame.room)}  ${printableLine(frame.sender)}: ${said}\n`
}

/** A room as people write it: `#general`, `@alice`. */
export function placeOf(room: string): string {
	const name = printableLine(room)
	return name.startsWith('@') ? name : `#${name}`
}

/** Nobody's text may move another's cursor or forge a line: control characters become visible, but for tabs and line ends. */
export function printable(text: string): string {
	return (
		text
			.replace(/\r\n?/g, '\n')
			// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
			.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '\ufffd')
	)
}

/** The same of what is one line, such as a name or a title. */
export function printableLine(text: string): string {
	return printable(text).replace(/[\t\n]/g, ' ')
}

/** The lines after the first are set off, so that none looks like a line of somebody else. */
export function indented(text: string): string {
	return text.replaceAll('\n', '\n    ')
}
