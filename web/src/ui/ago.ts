import { useEffect, useState } from 'preact/hooks'

const minuteMs = 60_000
const units = [
	['day', 24 * 60 * minuteMs],
	['hour', 60 * minuteMs],
	['minute', minuteMs],
] as const

/** `12 minutes`, `3 hours`, `2 days`: in the largest unit of which there is one. */
export function lasting(ms: number): string {
	const [unit, unitMs] = units.find(([, unitMs]) => ms >= unitMs) ?? ['minute', minuteMs]
	const count = Math.max(1, Math.floor(ms / unitMs))
	return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** What time it is, to the half minute; what shows it is drawn again. */
export function useNow(): number {
	const [now, setNow] = useState(Date.now)
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), minuteMs / 2)
		return () => clearInterval(timer)
	}, [])
	return now
}
