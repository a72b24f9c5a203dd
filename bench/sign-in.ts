import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { hashPassword, verifyPassword } from '../src/http/auth/passwords.ts'
import { median, quantile } from './load.ts'

const people = 200

/** Passwords that are all verified at once, and how late the event loop is meanwhile. */
export async function benchSignIn(): Promise<string[]> {
	const stored = await hashPassword('correct horse')
	const alone = await timed(() => verifyPassword('correct horse', stored))
	const delay = monitorEventLoopDelay({ resolution: 1 })
	delay.enable()
	// The monitor counts from its second tick on.
	await sleep(50)
	delay.reset()
	const startedAt = performance.now()
	const waits = await Promise.all(
		Array.from({ length: people }, () => timed(() => verifyPassword('correct horse', stored))),
	)
	const seconds = (performance.now() - startedAt) / 1_000
	delay.disable()
	const wait = `p50 ${median(waits).toFixed(0)} ms, last ${quantile(waits, 1).toFixed(0)} ms`
	const late = `p99 ${ms(delay.percentile(99))}, at most ${ms(delay.max)}`
	return [
		`one password: ${alone.toFixed(0)} ms`,
		`${people} at once: ${(people / seconds).toFixed(0)}/s; ${wait}`,
		`  the event loop's delay meanwhile: ${late}`,
	]
}

async function timed(work: () => Promise<unknown>): Promise<number> {
	const startedAt = performance.now()
	await work()
	return performance.now() - startedAt
}

function ms(nanoseconds: number): string {
	return `${(nanoseconds / 1e6).toFixed(1)} ms`
}
