import { hash } from 'node:crypto'
import { readMigrations } from '../../src/events/migrations.ts'

const step = (name: string, statements: readonly string[]) => {
	// What dies is no part of what a log remembers of a migration.
	const sql = statements.join(';\n')
	return {
		name,
		sql: statements.map((statement) => `${statement};\nSELECT survive();\n`).join(''),
		digest: hash('sha256', sql),
	}
}

/**
 * The migrations of today, and some of the future that change what there is. `survive()` is asked after each of the
 * latter's statements.
 */
export const futureMigrations = [
	...readMigrations(),
	step('9001_of_the_future', [
		'CREATE TABLE words (position INTEGER PRIMARY KEY, word TEXT NOT NULL)',
		'INSERT INTO words SELECT position, type FROM events',
		'CREATE INDEX words_by_word ON words (word)',
	]),
	step('9002_of_the_future', [
		'CREATE TABLE consumers_anew (user_id TEXT, name TEXT, position INTEGER, moved_at INTEGER, label TEXT, PRIMARY KEY (user_id, name))',
		'INSERT INTO consumers_anew SELECT *, upper(name) FROM consumers',
		'DROP TABLE consumers',
		'ALTER TABLE consumers_anew RENAME TO consumers',
	]),
	step('9003_of_the_future', ["UPDATE words SET word = word || '!'", 'DELETE FROM words WHERE position % 2 = 0']),
]

/** How often `survive()` is asked. */
export const survivalsCount = 9
