import { openForWriting } from '../../src/events/database.ts'
import { migrate } from '../../src/events/migrations.ts'
import { futureMigrations } from './migrating.ts'

/* Migrates the log at a path, and is killed when it has survived so often. */

const [path = '', survivals = ''] = process.argv.slice(2)
let left = Number(survivals)
const database = openForWriting(path, { durable: true })
// So little memory that much of a transaction is written before its end.
database.pragma('cache_size = 2')
database.function('survive', () => {
	if (left-- === 0) process.kill(process.pid, 'SIGKILL')
	return 1
})
migrate(database, futureMigrations)
