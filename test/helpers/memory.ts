import { readFileSync } from 'node:fs'

/** What a process holds in memory, in MiB. Only where there is a /proc. */
export function residentMib(pid: number): number {
	const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
	return Number(kib) / 1_024
}
