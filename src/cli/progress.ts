/** So often at most a line is written again: to be read, not to be watched. */
const everyMs = 100

/**
 * Writes how far something is to stderr, always over the same line, where that is a terminal; else
 * nothing. `end` clears the line.
 */
export function showProgress(what: string): { at(done: number, total: number): void; end(): void } {
	const { stderr } = process
	let shownAt = 0
	return {
		at(done, total) {
			if (!stderr.isTTY || Date.now() - shownAt < everyMs) return
			shownAt = Date.now()
			const percent = total === 0 ? 100 : Math.floor((100 * done) / total)
			stderr.write(`\r${what}: ${percent} %, ${done} of ${total}\u001b[K`)
		},
		end() {
			if (shownAt > 0) stderr.write('\r\u001b[K')
			shownAt = 0
		},
	}
}

/** `300,002 events (2.4 s, 125,000 a second)` */
export function rate(events: number, startedAt: number): string {
	const seconds = (performance.now() - startedAt) / 1_000
	const perSecond = Math.round(events / seconds)
	return `${counted(events, 'event')} (${seconds.toFixed(1)} s, ${number(perSecond)} a second)`
}

export function counted(count: number, noun: string): string {
	return `${number(count)} ${noun}${count === 1 ? '' : 's'}`
}

function number(value: number): string {
	return value.toLocaleString('en-US')
}
