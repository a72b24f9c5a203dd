import { Refusal } from './refusal.ts'

/** Refuses what is no whole number, or too small or too large. */
export function checkWhole(value: number, field: string, min: number, max: number): void {
	if (Number.isSafeInteger(value) && value >= min && value <= max) return
	throw new Refusal('malformed', `The ${field} is a whole number from ${min} to ${max}.`, field)
}
