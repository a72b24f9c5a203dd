import { wholeTime } from '../ui/time.ts'

/** As the server writes a time. */
const time = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g

/** What the server says against something, as it is shown to a person: with the times in it as they are told here. */
export function inWords(detail: string): string {
	return detail.replaceAll(time, (iso) => {
		const ms = Date.parse(iso)
		return Number.isNaN(ms) ? iso : wholeTime(ms)
	})
}
