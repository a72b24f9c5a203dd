const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' })
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

/** `09:15`, or `9:15 AM` where one writes it so. */
export function clockTime(ms: number): string {
	return clock.format(ms)
}

/** `Today`, `Yesterday`, `Friday, 27 November`, and with the year where it is another one. */
export function dayName(ms: number, nowMs: number = Date.now()): string {
	const today = new Date(nowMs)
	const then = new Date(ms)
	if (isSameDay(then, today)) return 'Today'
	today.setDate(today.getDate() - 1)
	if (isSameDay(then, today)) return 'Yesterday'
	return (then.getFullYear() === new Date(nowMs).getFullYear() ? day : dayOfYear).format(then)
}

export function isSameDay(one: Date | number, other: Date | number): boolean {
	return new Date(one).toDateString() === new Date(other).toDateString()
}

/** With the day, for what is looked at closely. */
export function wholeTime(ms: number): string {
	return whole.format(ms)
}

const ago = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })

/** `just now`, `5 minutes ago`, `yesterday`; with the day where it is longer ago than a month. */
export function timeAgo(ms: number, nowMs: number = Date.now()): string {
	const minutes = Math.round((nowMs - ms) / 60_000)
	if (minutes < 1) return 'just now'
	if (minutes < 60) return ago.format(-minutes, 'minute')
	if (minutes < 24 * 60) return ago.format(-Math.round(minutes / 60), 'hour')
	const days = Math.round(minutes / 60 / 24)
	return days < 31 ? ago.format(-days, 'day') : dayOfYear.format(ms)
}
