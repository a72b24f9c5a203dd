/** A room as people write it, as requests name it: `#General` is `general`. */
export function roomNamed(text: string): string {
	return text.trim().toLowerCase().replace(/^#/, '')
}
