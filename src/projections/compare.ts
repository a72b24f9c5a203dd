import type { Views } from './views.ts'

/** A place where views are not what they should be. */
export interface Difference {
	table: string
	/** The columns of the primary key with their values; absent where the table itself is another one. */
	key?: Record<string, unknown>
	/** Of the event that the row speaks of; absent where a row says nothing of one. */
	position?: number
	/** What is wrong there. It cites no values: some are nobody's to read. */
	problem: string
}

/**
 * Where these views differ first from those that a replay gave, which are attached to them as
 * `replayed`: table by table, row by row in the order of the primary key.
 */
export function firstDifference(views: Views): Difference | undefined {
	const made = schemaOf(views, 'main')
	for (const [name, sql] of schemaOf(views, 'replayed')) {
		if (made.get(name) !== sql) return { table: name, problem: 'it is not made as this version makes it' }
	}
	for (const table of tablesOf(views)) {
		// SQLite compares several times quicker than we do; but we know the order.
		const difference = isSameTable(views, table) ? undefined : firstDifferentRow(views, table)
		if (difference !== undefined) return difference
	}
	return undefined
}

type Side = 'main' | 'replayed'

/** How tables and indexes are made, by name. */
function schemaOf(views: Views, side: Side): Map<string, string> {
	const rows = views.all<{ name: string; sql: string }>(
		`SELECT name, sql FROM ${side}.sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid`,
	)
	return new Map(rows.map(({ name, sql }) => [name, sql]))
}

interface Table {
	name: string
	columns: string[]
	/** The primary key, else all columns: where they stand. */
	key: number[]
}

function tablesOf(views: Views): Table[] {
	const sql = "SELECT name FROM replayed.sqlite_schema WHERE type = 'table' ORDER BY rowid"
	return views.all<{ name: string }>(sql).map(({ name }) => {
		const columns = views
			.all<{ name: string; pk: number }>("SELECT name, pk FROM pragma_table_info(?, 'replayed') ORDER BY cid", name)
			.map((column, index) => ({ ...column, index }))
		const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
		const indexes = (key.length > 0 ? key : columns).map(({ index }) => index)
		return { name, columns: columns.map((column) => column.name), key: indexes }
	})
}

/** Every row has its like in the replay, and there are no more of them there. */
function isSameTable(views: Views, { name, columns, key }: Table): boolean {
	const isKey = key.map((index) => `a."${columns[index]}" = b."${columns[index]}"`).join(' AND ')
	const isOther = columns.map((column) => `a."${column}" IS NOT b."${column}"`).join(' OR ')
	const unlike = `SELECT 1 FROM main."${name}" AS a LEFT JOIN replayed."${name}" AS b ON ${isKey} WHERE ${isOther}`
	const count = (side: Side) => `(SELECT count(*) FROM ${side}."${name}")`
	const sql = `SELECT ${count('main')} = ${count('replayed')} AND NOT EXISTS (${unlike})`
	return views.prepare(sql).pluck().get() === 1
}

type Row = unknown[]

function firstDifferentRow(views: Views, table: Table): Difference | undefined {
	const live = rowsInOrder(views, 'main', table)
	const expected = rowsInOrder(views, 'replayed', table)
	try {
		for (;;) {
			const row: Row | undefined = live.next().value
			const other: Row | undefined = expected.next().value
			if (row === undefined && other === undefined) return undefined
			const order = row === undefined ? 1 : other === undefined ? -1 : compareKeys(table, row, other)
			if (order > 0) return difference(table, other as Row, 'a row is missing')
			if (order < 0) return difference(table, row as Row, 'there is a row that a replay does not give')
			const column = table.columns.findIndex((_, index) => !isSame((row as Row)[index], (other as Row)[index]))
			if (column >= 0) return difference(table, other as Row, `a replay gives another ${table.columns[column]}`)
		}
	} finally {
		live.return?.()
		expected.return?.()
	}
}

function rowsInOrder(views: Views, side: Side, { name, columns, key }: Table): IterableIterator<Row> {
	const order = key.map((index) => `"${columns[index]}"`).join(', ')
	const sql = `SELECT ${columns.map((column) => `"${column}"`).join(', ')} FROM ${side}."${name}" ORDER BY ${order}`
	return views.prepare(sql).raw().iterate() as IterableIterator<Row>
}

/** As SQLite orders them: numbers before text. */
function compareKeys({ key }: Table, a: Row, b: Row): number {
	for (const index of key) {
		if (!isSame(a[index], b[index])) return compareValues(a[index], b[index])
	}
	return 0
}

function compareValues(a: unknown, b: unknown): number {
	if (typeof a === 'number' && typeof b === 'number') return a - b
	if (typeof a === 'number') return -1
	if (typeof b === 'number') return 1
	return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string))
}

function isSame(a: unknown, b: unknown): boolean {
	return a === b || (a instanceof Buffer && b instanceof Buffer && a.equals(b))
}

function difference({ name, columns, key }: Table, row: Row, problem: string): Difference {
	const isPlace = (column: string) => column === 'position' || column.endsWith('_position')
	const position = row.find((value, at) => isPlace(columns[at] ?? '') && typeof value === 'number')
	return {
		table: name,
		key: Object.fromEntries(key.map((index) => [columns[index], row[index]])),
		...(typeof position === 'number' ? { position } : {}),
		problem,
	}
}
