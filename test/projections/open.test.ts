import { copyFileSync, existsSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import type { NewEvent } from '../../src/events/catalogue.ts'
import type { EventLog } from '../../src/events/log.ts'
import { openLogForWriting } from '../../src/events/sqlite-log.ts'
import { viewsPath } from '../../src/projections/files.ts'
import { openViews } from '../../src/projections/open.ts'
import { projections } from '../../src/projections/projector.ts'
import { openViewsForWriting, type Views, viewsFingerprint } from '../../src/projections/views.ts'
import { allEvents } from '../helpers/all-events.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { appendable, messagePosted, roomOpened } from '../helpers/events.ts'
import { rowsOf } from '../helpers/sqlite.ts'

/** A data directory that is started and stopped as a server does it. */
class House {
	readonly directory: string
	#open: { log: EventLog; views: Views } | undefined

	constructor(t: Test) {
		this.directory = temporaryDirectory(t)
		t.teardown(() => this.stop())
	}

	get logPath(): string {
		return join(this.directory, 'log.db')
	}

	get viewsPath(): string {
		return viewsPath(this.directory)
	}

	start(): { log: EventLog; views: Views; replayed: number } {
		const log = openLogForWriting(this.logPath)
		const { views, replayed } = openViews(this.directory, log)
		this.#open = { log, views }
		return { log, views, replayed }
	}

	stop(): void {
		this.#open?.views.close()
		this.#open?.log.close()
		this.#open = undefined
	}

	/** Appends to the log alone, as if the process had died before the views committed. */
	async append(...events: NewEvent[]): Promise<void> {
		this.stop()
		const log = openLogForWriting(this.logPath)
		await log.append(
			log.head().position,
			events.map((event) => appendable(event)),
		)
		log.close()
	}
}

/** The rows that views of this log have when they are built from nothing. */
function rowsByReplay(log: EventLog): Record<string, unknown[]> {
	const views = openViewsForWriting(':memory:', log.logId, log.fingerprintAt(0) as string)
	for (const event of allEvents(log)) {
		for (const { handles } of projections) {
			const handle = handles[event.type] as ((views: Views, event: unknown) => void) | undefined
			handle?.(views, event)
		}
		views.setCheckpoint(event)
	}
	const rows = rowsOf(views)
	views.close()
	return rows
}

const threeMessages = [roomOpened(), messagePosted(1), messagePosted(2), messagePosted(3)]

/** A house with four events, whose views have seen them all. */
async function houseWithMessages(t: Test): Promise<House> {
	const house = new House(t)
	await house.append(...threeMessages)
	house.start()
	house.stop()
	return house
}

t.test('the first start replays the whole log', async (t) => {
	const house = new House(t)
	await house.append(...threeMessages)
	const { log, views, replayed } = house.start()
	t.equal(replayed, 4)
	t.same(views.checkpoint(), { logId: log.logId, ...log.head() })
	t.same(rowsOf(views), rowsByReplay(log))
})

t.test('a start with current views replays nothing', async (t) => {
	const house = await houseWithMessages(t)
	const { log, views, replayed } = house.start()
	t.equal(replayed, 0)
	t.same(rowsOf(views), rowsByReplay(log))
})

t.test('views that are behind after a crash between the two commits catch up, and no more', async (t) => {
	const house = await houseWithMessages(t)
	await house.append(messagePosted(4), messagePosted(5))
	const { log, views, replayed } = house.start()
	t.equal(replayed, 2)
	t.same(views.checkpoint(), { logId: log.logId, ...log.head() })
	t.same(rowsOf(views), rowsByReplay(log))
})

t.test('views are built again when the log was restored from an older copy', async (t) => {
	const house = await houseWithMessages(t)
	copyFileSync(house.logPath, join(house.directory, 'backup'))
	await house.append(messagePosted(4), messagePosted(5))
	house.start()
	house.stop()
	copyFileSync(join(house.directory, 'backup'), house.logPath)

	const { log, views, replayed } = house.start()
	t.equal(replayed, 4)
	t.equal(views.checkpoint().position, 4)
	t.same(rowsOf(views), rowsByReplay(log))
})

t.test('views are built again when a restored log has grown past them in another way', async (t) => {
	const house = await houseWithMessages(t)
	copyFileSync(house.logPath, join(house.directory, 'backup'))
	await house.append(messagePosted(4, undefined, { messageId: 'lost' }))
	house.start()
	house.stop()
	copyFileSync(join(house.directory, 'backup'), house.logPath)
	await house.append(messagePosted(4, undefined, { messageId: 'kept' }), messagePosted(5))

	const { log, views, replayed } = house.start()
	t.equal(replayed, 6)
	t.same(rowsOf(views), rowsByReplay(log))
	t.notOk(JSON.stringify(rowsOf(views)).includes('lost'))
})

t.test('views of another log are discarded', async (t) => {
	const [house, other] = [await houseWithMessages(t), await houseWithMessages(t)]
	copyFileSync(other.viewsPath, house.viewsPath)
	const { log, views, replayed } = house.start()
	t.equal(replayed, 4)
	t.equal(views.checkpoint().logId, log.logId)
})

t.test('empty views of another log are discarded too', async (t) => {
	const [house, other] = [new House(t), new House(t)]
	other.start()
	other.stop()
	copyFileSync(other.viewsPath, house.viewsPath)
	const { log, views } = house.start()
	t.equal(views.checkpoint().logId, log.logId)
	t.equal(views.checkpoint().fingerprint, log.fingerprintAt(0))
})

for (const [what, damage] of [
	['a file of something else', (path: string) => writeFileSync(path, 'this is no database\n'.repeat(1_000))],
	['an empty file', (path: string) => writeFileSync(path, '')],
	['a file that ends too early', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 5_000))],
	[
		'a file whose first page alone is whole',
		(path: string) => writeFileSync(path, tornAfter(readFileSync(path), 4_096)),
	],
	['a file whose beginning is torn', (path: string) => writeFileSync(path, readFileSync(path).fill(0xff, 90, 3_000))],
] as const) {
	t.test(`${what} in place of the views is discarded`, async (t) => {
		const house = await houseWithMessages(t)
		damage(house.viewsPath)
		const { log, views, replayed } = house.start()
		t.equal(replayed, 4)
		t.same(rowsOf(views), rowsByReplay(log))
	})
}

t.test('views that turn out to be damaged only while they catch up are discarded', async (t) => {
	const house = await houseWithMessages(t)
	const database = new Database(house.viewsPath)
	const pageOf = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'messages'").pluck()
	const start = ((pageOf.get() as number) - 1) * 4_096
	database.close()
	writeFileSync(house.viewsPath, readFileSync(house.viewsPath).fill(0xff, start, start + 4_096))
	await house.append(messagePosted(4))
	const { log, views, replayed } = house.start()
	t.equal(replayed, 5)
	t.same(rowsOf(views), rowsByReplay(log))
})

/** The bytes with everything from there on made senseless. */
function tornAfter(bytes: Buffer, offset: number): Buffer {
	return bytes.fill(0xff, offset)
}

t.test('a database of another program in place of the views is discarded and let go', async (t) => {
	const house = await houseWithMessages(t)
	rmSync(house.viewsPath)
	const other = new Database(house.viewsPath)
	other.exec('PRAGMA journal_mode = wal; CREATE TABLE rooms (a)')
	other.close()
	const { log, views, replayed } = house.start()
	t.equal(replayed, 4)
	t.same(rowsOf(views), rowsByReplay(log))
	t.same(deletedButOpen(house.directory), [])
})

/** Files of this directory that this process holds open though they are gone; where /proc tells. */
function deletedButOpen(directory: string): string[] {
	if (!existsSync('/proc/self/fd')) return []
	const links = readdirSync('/proc/self/fd').flatMap((fd) => {
		try {
			return [readlinkSync(`/proc/self/fd/${fd}`)]
		} catch {
			return []
		}
	})
	return links.filter((link) => link.startsWith(directory) && link.endsWith('(deleted)'))
}

t.test('a full disk or a missing right is no damage: the views are kept', async (t) => {
	const house = await houseWithMessages(t)
	const log = openLogForWriting(house.logPath)
	t.teardown(() => log.close())
	const failing = Object.create(log, {
		fingerprintAt: {
			value: (position: number) => {
				if (position > 0) throw Object.assign(new Error('no room'), { code: 'SQLITE_FULL' })
				return log.fingerprintAt(position)
			},
		},
	})
	t.throws(() => openViews(house.directory, failing), { code: 'SQLITE_FULL' })
	t.ok(existsSync(house.viewsPath))
	const { views, replayed } = openViews(house.directory, log)
	t.equal(replayed, 0)
	views.close()
})

t.test('files of other versions are removed once the views are complete, and nothing else', async (t) => {
	const house = await houseWithMessages(t)
	const superseded = `views-${'0'.repeat(16)}.db`
	for (const suffix of ['', '-wal', '-shm']) writeFileSync(join(house.directory, superseded + suffix), 'old')
	const others = ['views-notes.txt', 'my-views-00.db', 'log.db.copy', 'setup-code']
	for (const name of others) writeFileSync(join(house.directory, name), 'mine')
	house.start()
	house.stop()
	t.same(readdirSync(house.directory).sort(), [basename(house.viewsPath), 'log.db', ...others].sort())
	for (const name of others) t.equal(readFileSync(join(house.directory, name), 'utf8'), 'mine')
})

t.test('files of other versions stay if the views cannot be completed', async (t) => {
	const house = await houseWithMessages(t)
	const superseded = join(house.directory, `views-${'0'.repeat(16)}.db`)
	writeFileSync(superseded, 'old')
	// No view can take this: a second room of the same name.
	await house.append(roomOpened('general', 'room-SECOND'))
	const log = openLogForWriting(house.logPath)
	t.teardown(() => log.close())
	t.throws(() => openViews(house.directory, log), { code: /^SQLITE_CONSTRAINT/ })
	t.ok(existsSync(superseded))
})

t.test('an event of a type that this version does not know is passed over', async (t) => {
	const house = await houseWithMessages(t)
	await house.append({ ...messagePosted(4), type: 'SomethingLater' } as unknown as NewEvent, messagePosted(4))
	const { views, replayed } = house.start()
	t.equal(replayed, 2)
	t.equal(views.checkpoint().position, 6)
	t.equal(rowsOf(views).messages?.length, 4)
})

t.test('a log longer than a transaction of the replay is replayed to its end', async (t) => {
	const house = new House(t)
	await house.append(roomOpened(), ...Array.from({ length: 4_100 }, (_, index) => messagePosted(index + 1)))
	const { log, views, replayed } = house.start()
	t.equal(replayed, 4_101)
	t.same(views.checkpoint(), { logId: log.logId, ...log.head() })
	t.equal(rowsOf(views).messages?.length, 4_100)
})

t.test('the views file is another one when the version of a projection is another one', (t) => {
	const raised = projections.map((one, index) => (index === 1 ? { ...one, version: one.version + 1 } : one))
	t.not(viewsFingerprint(raised), viewsFingerprint(projections))
	t.equal(viewsFingerprint([...projections]), viewsFingerprint(projections))
	t.match(basename(viewsPath('/data')), /^views-[0-9a-f]{16}\.db$/)
	t.end()
})

t.test('views and their checkpoint are one snapshot', async (t) => {
	const house = await houseWithMessages(t)
	const { views } = house.start()
	t.throws(
		() =>
			views.snapshot(() => {
				throw new Error('a reader that fails')
			}),
		{ message: 'a reader that fails' },
	)
	// The transaction is over, so the next one begins.
	t.equal(
		views.snapshot(({ position }) => position),
		4,
	)
})
