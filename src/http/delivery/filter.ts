import { type ASTNode, Environment, type ParseError } from '@marcbachmann/cel-js'
import { filterCharsMax } from '../../commands/limits.ts'
import type { ControlFrame, Frame } from '../../protocol/frames.ts'
import { RequestError } from '../errors.ts'
import {
	dearFilterMs,
	filterDepthMax,
	filterListMax,
	filterPartsMax,
	filterSearchesMax,
	filtersKept,
} from '../limits.ts'

/** Which frames somebody wants: an expression of CEL over the fields of a frame. */
export class Filter {
	readonly #isTrue: (fields: Fields) => unknown
	/** A frame that many hear is asked about once. */
	readonly #verdicts = new WeakMap<Frame | ControlFrame, boolean>()
	/** What it has taken in all, and for how many frames. */
	#ms = 0
	#frames = 0

	constructor(isTrue: (fields: Fields) => unknown) {
		this.#isTrue = isTrue
	}

	/** An expression that fails on a frame, by a field that it lacks, is false for it. */
	matches(frame: Frame | ControlFrame): boolean {
		let verdict = this.#verdicts.get(frame)
		if (verdict === undefined) {
			verdict = this.#evaluate(frame)
			this.#verdicts.set(frame, verdict)
		}
		return verdict
	}

	/** It was asked about so many frames, in so much time. */
	took(ms: number, frames: number): void {
		this.#ms += ms
		this.#frames += frames
	}

	/** Whether it takes long, where it is asked about what is usual for it. */
	get isDear(): boolean {
		return this.#ms > dearFilterMs * this.#frames
	}

	#evaluate(frame: Frame | ControlFrame): boolean {
		try {
			return this.#isTrue(fieldsOf(frame)) === true
		} catch {
			return false
		}
	}
}

/** Those that were asked for last: the same text is the same filter, for all who ask. */
const kept = new Map<string, Filter>()

/** The filter that a client writes so, if it writes one; `malformed`, with the place, for what is none. */
export function filterOf(text: string): Filter
export function filterOf(text: string | undefined): Filter | undefined
export function filterOf(text: string | undefined): Filter | undefined {
	if (text === undefined) return undefined
	const filter = kept.get(text) ?? parseFilter(text)
	kept.delete(text)
	kept.set(text, filter)
	if (kept.size > filtersKept) kept.delete(kept.keys().next().value as string)
	return filter
}

function parseFilter(text: string): Filter {
	if (text.length > filterCharsMax) throw wrong(`has more than ${filterCharsMax} characters`)
	try {
		const expression = language.parse(text)
		new Check().node(expression.ast)
		const { valid, type, error } = expression.check()
		if (!valid) throw error
		if (type !== 'bool' && type !== 'dyn') throw wrong(`gives ${type}, and not true or false`)
		return new Filter(expression)
	} catch (error) {
		if (error instanceof RequestError) throw error
		const { summary, message, range } = error as ParseError
		throw wrong(`is not understood: ${summary ?? message}`, range?.start)
	}
}

const language = new Environment({
	unlistedVariablesAreDyn: true,
	homogeneousAggregateLiterals: false,
	limits: {
		maxAstNodes: filterPartsMax,
		maxDepth: filterDepthMax,
		maxListElements: filterListMax,
	},
})

/** The field `type` has a name that the language has a meaning for already; this one cannot be written in it. */
const typeField = '$type'

type Fields = Readonly<Record<string, unknown>>

const known = new WeakMap<Frame | ControlFrame, Fields>()

/** Integers of CEL are BigInts. Nothing is inherited: what a frame does not have, it lacks. */
function fieldsOf(frame: Frame | ControlFrame): Fields {
	let fields = known.get(frame)
	if (fields === undefined) {
		const entries = Object.entries(frame).map(([name, value]) => [
			name === 'type' ? typeField : name,
			typeof value === 'number' ? BigInt(value) : value,
		])
		fields = Object.assign(Object.create(null), Object.fromEntries(entries)) as Fields
		known.set(frame, fields)
	}
	return fields
}

/**
 * What an expression may be made of: comparing, combining, and looking into texts. No regular expressions and no
 * macros, whose work grows faster than a text does; and no arithmetic, by which texts could be made longer.
 */
class Check {
	#searches = 0

	node(node: ASTNode): void {
		switch (node.op) {
			case 'value':
				return
			case 'id':
				if (node.args === 'type') Object.assign(node, { args: typeField })
				return
			case '.':
				return this.node(node.args[0])
			case 'in':
				this.#search(node)
				return this.#nodes(node.args)
			case '[]':
			case '==':
			case '!=':
			case '<':
			case '<=':
			case '>':
			case '>=':
			case '&&':
			case '||':
			case '?:':
			case 'list':
				return this.#nodes(node.args)
			case '!_':
			case '-_':
				return this.node(node.args)
			case 'call':
				this.#call(node, node.args[0], functions)
				return this.#nodes(node.args[1])
			case 'rcall':
				this.#call(node, node.args[0], methods)
				this.node(node.args[1])
				return this.#nodes(node.args[2])
			default:
				throw wrong(`has no ${node.op === 'map' ? 'maps' : `operator ${node.op}`}`, node.start)
		}
	}

	#nodes(nodes: readonly ASTNode[]): void {
		for (const node of nodes) this.node(node)
	}

	#call(node: ASTNode, name: string, there: readonly string[]): void {
		if (!there.includes(name)) throw wrong(`has no ${name}(); there is ${there.join('(), ')}()`, node.start)
		this.#search(node)
	}

	/** Each may go through a whole text. */
	#search(node: ASTNode): void {
		this.#searches += 1
		if (this.#searches > filterSearchesMax) {
			throw wrong(`looks into texts and lists more than ${filterSearchesMax} times`, node.start)
		}
	}
}

const functions = ['size']
const methods = ['contains', 'startsWith', 'endsWith', 'lowerAscii', 'size']

function wrong(problem: string, at?: number): RequestError {
	const place = at === undefined ? '' : ` (at character ${at + 1})`
	const detail = `The filter ${problem}${place}. For example: type == "message" && content.contains("deploy")`
	return new RequestError('malformed', detail, [{ field: 'filter', problem: `${problem}${place}` }])
}
