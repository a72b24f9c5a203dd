import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { temporaryDirectory } from '../helpers/directory.ts'
import { startServer } from '../helpers/server.ts'
import { openSse } from '../helpers/sse.ts'
import { cannotTrace, parseTrace, recordingWrites, type TracedCall } from '../helpers/strace.ts'
import { post } from '../helpers/writer.ts'

// A kill cannot show this: what was written survives a process, and only a power cut takes it.
const skip = cannotTrace()

t.test('nothing is answered or shown before it is on the disk', { skip }, async (t) => {
	const output = join(temporaryDirectory(t), 'trace')
	const server = await startServer(t, { under: recordingWrites(output) })
	const stream = await openSse(t, `${server.url}/events`)
	await stream.untilType('live')
	const names = Array.from({ length: 100 }, (_, i) => `marked-${String(i).padStart(3, '0')}`)
	const send = async (content: string) => {
		const { status } = await post(server.url, { room: 'general', content, sender: 'ada' })
		t.equal(status, 201)
	}
	// One at a time, then many in one batch.
	for (const name of names.slice(0, 20)) await send(name)
	await Promise.all(names.slice(20).map(send))
	for (let seen = 0; seen < names.length; seen++) await stream.untilType('message')
	await server.stop()

	const calls = parseTrace(readFileSync(output, 'utf8'))
	const log = calls.filter(({ target }) => target.endsWith('/log.db-wal'))
	const syncs = log.filter(({ name }) => name === 'fsync' || name === 'fdatasync')
	const sent = calls.filter(({ target, name }) => target.startsWith('TCP') && !isSync(name))
	t.ok(syncs.length > 0, `${syncs.length} times the log was synced`)
	for (const name of names) {
		const written = log.find(({ text }) => text.includes(name)) as TracedCall
		const shown = sent.filter(({ text }) => text.includes(name))
		const answer = shown.find(({ text }) => text.includes('HTTP/1.1 201 '))
		t.ok(written && answer && shown.length >= 2, `${name} is written, answered and streamed`)
		const first = shown[0] as TracedCall
		const kept = syncs.find((sync) => sync.began > written.returned && sync.returned < first.began)
		t.ok(kept, `${name} is on the disk before anybody is shown it`, {
			written: written.began,
			synced: syncs
				.map(({ began, returned }) => [began, returned])
				.find(([began]) => (began as number) > written.began),
			shown: first.began,
		})
	}
	// One at a time: at the moment of the answer there is nothing in the log that is not on the disk.
	for (const name of names.slice(0, 20)) {
		const shown = sent.find(({ text }) => text.includes(name)) as TracedCall
		const last = log.findLast((call) => call.began < shown.began && !isSync(call.name)) as TracedCall
		const kept = syncs.some((sync) => sync.began > last.returned && sync.returned < shown.began)
		t.ok(kept, `all that was written before ${name} was shown is on the disk`)
	}
})

function isSync(name: string): boolean {
	return name === 'fsync' || name === 'fdatasync'
}
