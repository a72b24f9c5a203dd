import { plainJson } from '../../protocol/plain-json.ts'

/** A line of JSON that no terminal takes for anything but text. */
export function jsonLine(value: object): string {
	return `${plainJson(JSON.stringify(value))}\n`
}
