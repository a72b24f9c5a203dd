/** A line of JSON that no terminal takes for anything but text: what JSON leaves as it is and a terminal obeys is escaped. */
export function jsonLine(value: object): string {
	return `${JSON.stringify(value).replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, asEscape)}\n`
}

function asEscape(character: string): string {
	return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
