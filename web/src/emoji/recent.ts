const key = 'tailroom-emoji'
const recentMax = 24
/** What people use most, until it is known what somebody uses. */
const usual = ['👍', '❤️', '😂']

/** Those that were used last in this browser, the newest first. */
export function recentEmoji(): readonly string[] {
	return localStorage.getItem(key)?.split(' ') ?? []
}

/** The few that are offered without looking for one. */
export function quickEmoji(): readonly string[] {
	return [...new Set([...recentEmoji(), ...usual])].slice(0, usual.length)
}

export function usedEmoji(emoji: string): void {
	const recent = [emoji, ...recentEmoji().filter((other) => other !== emoji)]
	localStorage.setItem(key, recent.slice(0, recentMax).join(' '))
}
