/** From here on it is said what is left. */
const nearlyFull = 0.95
/** No character has more bytes than three for each UTF-16 unit. */
const bytesOfUnitMax = 3

const encoder = new TextEncoder()

/** How a text stands to what a message may have: `tooLong`, and what is said about it. Undefined: there is room enough. */
export function sizeOf(text: string, bytesMax: number): { isTooLong: boolean; said: string } | undefined {
	if (text.length * bytesOfUnitMax < bytesMax * nearlyFull) return undefined
	const bytes = encoder.encode(text).length
	if (bytes > bytesMax) {
		return { isTooLong: true, said: `${amount(bytes - bytesMax)} too long. A message holds ${amount(bytesMax)}.` }
	}
	return bytes > bytesMax * nearlyFull ? { isTooLong: false, said: `${amount(bytesMax - bytes)} left` } : undefined
}

function amount(bytes: number): string {
	if (bytes < 1_024) return bytes === 1 ? '1 byte' : `${bytes} bytes`
	return `${Number((bytes / 1_024).toFixed(1))} kB`
}
