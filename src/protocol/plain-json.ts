/** The same JSON, in which nothing is left that a terminal obeys, or a reader of lines takes for an end: it is escaped. */
export function plainJson(json: string): string {
	return json.replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (character) => {
		return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
	})
}
