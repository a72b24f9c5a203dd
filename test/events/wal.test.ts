import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { openForReading, openForWriting, tidyWal, walBytes, walBytesMost } from '../../src/events/database.ts'
import '../helpers/bare-threads.ts'
import { temporaryDirectory } from '../helpers/directory.ts'

const mebibyte = 1024 * 1024
const page = 'x'.repeat(4_000)

t.test('under load the write-ahead log is overwritten instead of growing, and truncated when nobody waits', (t) => {
	const writer = openForWriting(join(temporaryDirectory(t), 'a.db'), { durable: true })
	t.teardown(() => writer.close())
	writer.exec('CREATE TABLE lines (text TEXT)')
	const insert = writer.prepare('INSERT INTO lines VALUES (?)')
	let most = 0
	for (let i = 0; i < 6_000; i++) {
		insert.run(page)
		tidyWal(writer, false)
		most = Math.max(most, walBytes(writer))
	}
	t.ok(most < 5 * mebibyte, `24 MB were written, the write-ahead log had at most ${most}`)
	t.ok(walBytes(writer) > 4 * mebibyte - 1, 'it keeps its place on the disk')
	t.equal(tidyWal(writer, true), true)
	t.equal(walBytes(writer), 0)
	t.end()
})

t.test('a reader that stays makes it grow, and what was written meanwhile is moved when the reader is gone', (t) => {
	const path = join(temporaryDirectory(t), 'a.db')
	const writer = openForWriting(path, { durable: true })
	t.teardown(() => writer.close())
	writer.exec('CREATE TABLE lines (text TEXT)')
	const reader = openForReading(path)
	t.teardown(() => reader.close())
	reader.exec('BEGIN')
	t.equal(reader.prepare('SELECT count(*) FROM lines').pluck().get(), 0)
	const insert = writer.prepare('INSERT INTO lines VALUES (?)')
	for (let i = 0; i < 2_000; i++) {
		insert.run(page)
		tidyWal(writer, false)
	}
	t.ok(walBytes(writer) > 6 * mebibyte)
	t.equal(tidyWal(writer, true), false, 'the reader is in the way')
	t.equal(reader.prepare('SELECT count(*) FROM lines').pluck().get(), 0, 'and sees what it saw')
	reader.exec('COMMIT')
	t.equal(tidyWal(writer, true), true)
	t.equal(walBytes(writer), 0)
	t.end()
})

t.test('it does not grow though of those who read a page at a time one is always at it', async (t) => {
	const path = join(temporaryDirectory(t), 'a.db')
	const writer = openForWriting(path, { durable: false })
	t.teardown(() => writer.close())
	writer.exec('CREATE TABLE lines (text TEXT)')
	const insert = writer.prepare('INSERT INTO lines VALUES (?)')
	insert.run(page)
	const readers = new Worker(new URL('../helpers/wal-reader-thread.ts', import.meta.url), { workerData: path })
	await once(readers, 'message')
	// Where the machine is so busy that a reader does not come to its end, it is tried again after as much again.
	const growsTo = () => {
		for (let most = 0; ; most = walBytes(writer)) {
			insert.run(page)
			tidyWal(writer, false)
			if (walBytes(writer) < most || most > 6 * walBytesMost) return most
		}
	}
	const grown = [growsTo(), growsTo(), growsTo()].map((bytes) => bytes / mebibyte)
	t.ok(Math.min(...grown) * mebibyte < 1.5 * walBytesMost, `${grown} MiB`)
	readers.postMessage('stop')
	await once(readers, 'exit')
	t.equal(tidyWal(writer, true), true)
})
