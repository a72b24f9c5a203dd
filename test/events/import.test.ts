import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { BadExport } from '../../src/events/bad-export.ts'
import { lineBytesMax } from '../../src/events/export-lines.ts'
import { importLog } from '../../src/events/import.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import '../helpers/bare-threads.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { appendable, messagePosted } from '../helpers/events.ts'
import { exported, imported } from '../helpers/exporting.ts'

/** The export of a small log that has everything in it. */
async function smallExport(t: Test): Promise<Buffer> {
	const directory = temporaryDirectory(t)
	const log = openLogForWriting(join(directory, 'log.db'))
	const texts = ['größer 👋', 'erased', 'kept'].map((content, i) => messagePosted(i + 1, { content, name: 'ada' }))
	await log.append(
		0,
		texts.map((event) => appendable(event)),
	)
	const erased = { streamId: 'server', type: 'TextsErased' as const, data: { reason: 'person' as const, erases: [2] } }
	await log.append(3, [appendable({ ...erased, body: null })], { erases: [2] })
	log.moveConsumers([{ userId: 'user-a', name: 'phone', position: 3, movedAt: 5 }])
	log.recordUses([['token-a', 7]])
	log.close()
	return await exported(directory)
}

/** Whether it is refused with these words, and nothing of it is left in an empty directory and in one that is not there. */
async function isRefused(t: Test, bytes: Buffer | string, says: RegExp): Promise<void> {
	const place = temporaryDirectory(t)
	for (const directory of [place, join(place, 'new', 'data')]) {
		const error = await imported(bytes, directory).catch((error: unknown) => error)
		t.type(error, BadExport)
		t.match((error as Error).message, says)
		t.same(readdirSync(place), [])
	}
}

t.test('each line is checked, and where one is not right nothing is left', async (t) => {
	const bytes = await smallExport(t)
	const lines = bytes.toString().split('\n').slice(0, -1)
	const [first, one, two, three, erasing, consumer, use, end] = lines as [string, ...string[]]
	t.equal(lines.length, 8)
	const joined = (...given: (string | undefined)[]) => given.map((line) => `${line}\n`).join('')
	const rest = [three, erasing, consumer, use, end]
	const cases: [string, string | Buffer, RegExp][] = [
		['nothing', '', /^it is empty$/],
		['something else', 'hello\n', /^line 1 is no JSON$/],
		['other JSON', '{"type":"message"}\n', /^line 1 is not the first line of an export$/],
		['null', 'null\n', /^line 1 is no line of an export$/],
		['what comes after its first line', joined(one, two, ...rest), /^line 1 is not the first line/],
		['a newer format', joined(first.replace('"version":1', '"version":2')), /^line 1 .* newer version .*format 2/],
		['a format that there never was', joined(first.replace('"version":1', '"version":0')), /^line 1 .*\/version/],
		['compressed bytes', Buffer.from([0x1f, 0x8b, 8, 10, 10]), /^line 1 is no UTF-8: if it is compressed, unpack/],
		[
			'bytes in the middle',
			Buffer.from(bytes.toString('latin1').replace('kept', 'k\xfft'), 'latin1'),
			/^line 4 is no UTF-8/,
		],
		['a line that is missing', joined(first, one, ...rest), /^line 3 is not what was exported \(its fingerprint/],
		['a line twice', joined(first, one, one, two, ...rest), /^line 3 has a position that does not come after/],
		['lines in another order', joined(first, two, one, ...rest), /^line 2 is not what was exported/],
		['another text', bytes.toString().replace('kept', 'keep'), /^line 4 is not what was exported \(its fingerprint/],
		['another digest', joined(first, one, two?.replace(/("bodyDigest":")./, '$1x'), ...rest), /^line 3 .*\/bodyDigest/],
		['an erasure that is missing', joined(first, one, two, three, consumer, use, end), /^line 7 comes after 3 events/],
		['a number that is a text', joined(first, one?.replace('"position":1', '"position":"1"')), /^line 2 .*\/position/],
		[
			'a number that is not exact',
			joined(first, one?.replace('"position":1', '"position":9007199254740993')),
			/^line 2 .*\/position/,
		],
		[
			'a field that nobody knows',
			joined(first, one?.replace('"type"', '"more":1,"type"')),
			/^line 2 is written otherwise/,
		],
		['spaces', joined(first, one?.replace('"type":', '"type": ')), /^line 2 is written otherwise/],
		['Windows’ ends of lines', bytes.toString().replaceAll('\n', '\r\n'), /^line 1 is written otherwise/],
		['an empty line', joined(first, one, '', two, ...rest), /^line 3 is no line of an export/],
		['another consumer', bytes.toString().replace('"phone"', '"phony"'), /^line 8 has another digest/],
		['a consumer twice', joined(first, one, two, three, erasing, consumer, consumer, use, end), /^line 7 holds again/],
		['more after its end', joined(...lines, use), /^line 9 comes after the last line/],
		['no last line', joined(...lines.slice(0, -1)), /^it was cut off after line 7$/],
		['half a line', bytes.subarray(0, -9), /^it was cut off in the middle of line 8$/],
	]
	for (const [what, given, says] of cases) await t.test(what, (t) => isRefused(t, given, says))
})

t.test('not one byte can be another one', async (t) => {
	const bytes = await smallExport(t)
	const place = temporaryDirectory(t)
	await fc.assert(
		fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flipped) => {
			const changed = Buffer.from(bytes)
			changed[at] = (changed[at] as number) ^ flipped
			const error = await imported(changed, place).catch((error: unknown) => error)
			if (!(error instanceof BadExport)) throw new Error(`byte ${at} is not missed: ${error}`)
		}),
		{ numRuns: 300 },
	)
	t.same(readdirSync(place), [])
})

t.test('a text that is gone though no event says so is missed, also where all digests are right', async (t) => {
	const lines = (await smallExport(t)).toString().split('\n').slice(0, -2)
	const { body, salt } = JSON.parse(lines[3] as string)
	const digest = createHash('sha256').update(Buffer.from(salt, 'hex')).update(JSON.stringify(body)).digest('hex')
	lines[3] = (lines[3] as string).replace(/"body":.*"salt":"[0-9a-f]+"/, `"body":null,"bodyDigest":"${digest}"`)
	const text = lines.map((line) => `${line}\n`).join('')
	const sha256 = createHash('sha256').update(text).digest('hex')
	await isRefused(t, `${text}{"end":{"sha256":"${sha256}"}}\n`, /^line 8 comes too early: position 3 has lost its text/)
})

t.test('an export of the first format is imported for ever', async (t) => {
	const bytes = readFileSync(new URL('../fixtures/export-format-1.ndjson', import.meta.url))
	const place = join(temporaryDirectory(t), 'data')
	t.match(await imported(bytes, place), { events: 66, head: { position: 66 } })
	// Once there is another format, what is written is that.
	t.ok(bytes.equals(await exported(place)))
})

t.test('a line has a limit', async (t) => {
	const [first] = (await smallExport(t)).toString().split('\n')
	const place = join(temporaryDirectory(t), 'data')
	let read = 0
	async function* endless() {
		yield Buffer.from(`${first}\n`)
		for (;;) {
			read += 65_536
			yield Buffer.alloc(65_536, 'a')
		}
	}
	await t.rejects(importLog(endless(), place), { message: /^line 2 is longer than the [0-9]+ bytes/ })
	t.ok(read <= lineBytesMax + 2 * 65_536)
})

t.test('an import never overwrites', async (t) => {
	const bytes = await smallExport(t)
	const place = temporaryDirectory(t)
	writeFileSync(join(place, 'notes.txt'), 'mine')
	await t.rejects(imported(bytes, place), { message: /is not empty: an import never overwrites/ })
	t.same(readdirSync(place), ['notes.txt'])
	const twice = join(place, 'data')
	mkdirSync(twice)
	await imported(bytes, twice)
	await t.rejects(imported(bytes, twice), { message: /is not empty/ })
})

t.test('whoever sends it may fail, and nothing is left', async (t) => {
	const bytes = await smallExport(t)
	const place = temporaryDirectory(t)
	const broken = Readable.from(
		(async function* () {
			yield bytes.subarray(0, 700)
			throw new Error('the line is dead')
		})(),
	)
	await t.rejects(importLog(broken, join(place, 'data')), { message: 'the line is dead' })
	t.same(readdirSync(place), [])
})
