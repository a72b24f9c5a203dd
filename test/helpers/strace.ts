import { spawnSync } from 'node:child_process'

/** Why a process cannot be traced here; false if it can. */
export function cannotTrace(): string | false {
	const { error, status, stderr } = spawnSync('strace', ['-f', '--seccomp-bpf', '-e', 'trace=fsync', 'true'])
	if (error !== undefined) return 'there is no strace'
	return status === 0 ? false : `strace cannot trace here: ${String(stderr).split('\n')[0]}`
}

/** To start a server under: every call of these kinds is delayed. `paths`: only on these files. */
export function slowly(calls: readonly string[], delayMs: number, paths: readonly string[] = []): string[] {
	const names = calls.join(',')
	const only = paths.flatMap((path) => ['-P', path])
	// The seccomp filter sees no paths.
	const filter = paths.length === 0 ? ['--seccomp-bpf'] : []
	const inject = `inject=${names}:delay_exit=${delayMs * 1_000}`
	return ['strace', '-f', ...filter, '-qq', '-o', '/dev/null', ...only, '-e', `trace=${names}`, '-e', inject]
}

/** To start a server under: what it writes to files and sockets, and when that was on the disk. */
export function recordingWrites(output: string): string[] {
	const calls = 'write,writev,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync'
	return ['strace', '-f', '--seccomp-bpf', '-qq', '-yy', '-s', '100000', '-o', output, '-e', `trace=${calls}`]
}

/** A call as it was seen: when it began and when it had returned, as numbers of lines. */
export interface TracedCall {
	name: string
	/** What the first argument is: a path, or `TCP:[…]`. */
	target: string
	text: string
	began: number
	returned: number
}

/** Reads what strace wrote, with the calls of several threads in one order. */
export function parseTrace(trace: string): TracedCall[] {
	const calls: TracedCall[] = []
	const open = new Map<string, TracedCall>()
	for (const [number, line] of trace.split('\n').entries()) {
		const resumed = /^(\d+) +<\.\.\. \w+ resumed>/.exec(line)
		if (resumed !== null) {
			const call = open.get(resumed[1] as string)
			if (call === undefined) continue
			call.returned = number
			call.text += line
			open.delete(resumed[1] as string)
			continue
		}
		const [, thread, name, target, text] = /^(\d+) +(\w+)\(\d+<(.*?)>(?:, |\)| <)(.*)$/.exec(line) ?? []
		if (thread === undefined || name === undefined || target === undefined || text === undefined) continue
		const call = { name, target, text, began: number, returned: number }
		calls.push(call)
		if (!line.includes('<unfinished ...>')) continue
		call.returned = Number.POSITIVE_INFINITY
		open.set(thread, call)
	}
	return calls
}
