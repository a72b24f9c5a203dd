import { fold } from './fold.ts'
import { termsMax } from './limits.ts'
import { type Term, termOf } from './match.ts'

/** What somebody looks for. */
export interface Query {
	/** All of them are to be found. */
	terms: Term[]
	/** The name of whoever said it, as it was given. */
	from?: string
	/** The room's, as it was given. */
	in?: string
	/** Said at that time or later, in Unix milliseconds. */
	afterMs?: number
	/** Said before that time. */
	beforeMs?: number
}

/** A query that nobody can answer: what is wrong with it, and from which character on. */
export class QueryError extends Error {
	readonly problem: string
	/** Counted from 1. */
	readonly at: number

	constructor(problem: string, index: number) {
		super(`${problem}, at character ${index + 1}`)
		this.problem = problem
		this.at = index + 1
	}
}

/**
 * Words, `"phrases"`, and `from:`, `in:`, `after:`, `before:`, each of them once. A quote opens a phrase where a word could
 * begin, and closes it where one could end: elsewhere it is a character as any other. Throws QueryError.
 */
export function parseQuery(text: string): Query {
	const query: Query = { terms: [] }
	for (const part of partsOf(text)) {
		const filter = part.isPhrase ? null : filterPattern.exec(part.text)
		if (filter === null) addTerm(query, part)
		else addFilter(query, (filter[1] as string).toLowerCase() as FilterName, filter[2] as string, part.index)
	}
	const { terms, ...filters } = query
	if (terms.length === 0 && Object.keys(filters).length === 0) throw new QueryError('there is nothing to look for', 0)
	return query
}

interface Part {
	text: string
	isPhrase: boolean
	/** Where it begins. */
	index: number
}

const filterPattern = /^(from|in|before|after):(.*)$/isu
type FilterName = 'from' | 'in' | 'before' | 'after'

function partsOf(text: string): Part[] {
	const parts: Part[] = []
	const pattern = /"(?<phrase>.*?)"(?=\s|$)|(?<word>\S+)/gsu
	for (const { index, groups = {} } of text.matchAll(pattern)) {
		const { phrase, word = '' } = groups
		if (phrase === undefined && word.startsWith('"')) throw new QueryError('a quote is not closed', index)
		parts.push({ text: phrase ?? word, isPhrase: phrase !== undefined, index })
	}
	return parts
}

function addTerm({ terms }: Query, { text, isPhrase, index }: Part): void {
	const folded = fold(text).trim()
	if (folded === '' && isPhrase) throw new QueryError('there is nothing between the quotes', index)
	// What nobody can see is in every text.
	if (folded === '') return
	if (terms.length === termsMax) throw new QueryError(`there are more than ${termsMax} words and phrases`, index)
	terms.push(termOf(folded))
}

function addFilter(query: Query, name: FilterName, value: string, index: number): void {
	if (value === '') throw new QueryError(`${name}: names nothing`, index)
	const key = name === 'before' ? 'beforeMs' : name === 'after' ? 'afterMs' : name
	if (query[key] !== undefined) throw new QueryError(`${name}: can be given once`, index)
	if (key === 'from' || key === 'in') query[key] = value
	else query[key] = timeOf(value, name, index)
}

const day = /^\d{4}-\d\d-\d\d$/
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/i

/** A day is its beginning, in UTC. */
function timeOf(value: string, name: FilterName, index: number): number {
	const ms = day.test(value) ? Date.parse(`${value}T00:00:00Z`) : time.test(value) ? Date.parse(value) : Number.NaN
	// The 30th of February would be a day of March.
	const isDay = !Number.isNaN(ms) && Date.parse(`${value.slice(0, 10)}T00:00:00Z`) === startOfDay(value)
	if (isDay) return ms
	const detail = `${name}: takes a day as 2026-11-22 or a time as 2026-11-22T09:15:00Z`
	throw new QueryError(detail, index)
}

function startOfDay(value: string): number {
	const [year, month, date] = value.slice(0, 10).split('-').map(Number) as [number, number, number]
	const start = new Date(Date.UTC(2000, month - 1, date))
	start.setUTCFullYear(year, month - 1, date)
	return start.getUTCDate() === date && start.getUTCMonth() === month - 1 ? start.getTime() : Number.NaN
}
