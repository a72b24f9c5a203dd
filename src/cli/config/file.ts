import { closeSync, constants, openSync, readSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { UsageError } from '../command.ts'
import { didYouMean } from '../suggestion.ts'
import { type JsonKind, type OptionName, optionNames, serveOptions } from './schema.ts'

export interface ConfigFile {
	path: string
	/** What is in it, as it would be written on the command line. */
	texts: { [Name in OptionName]?: string }
	/** What is wrong in it: names that are no options, and values of a wrong type. */
	mistakes: readonly string[]
}

/** All options together take some hundred bytes; what is longer is another file. */
const configFileBytesMax = 64 * 1024

/** Reads a JSON object of options. Throws for what is none. */
export function readConfigFile(path: string): ConfigFile {
	const texts: ConfigFile['texts'] = {}
	const { value: object, text } = readObject(path)
	const mistakes = repeatedKeys(text).map((name) => `"${name}" stands more than once in ${path}: leave one`)
	for (const [name, value] of Object.entries(object)) {
		if (!isOption(name)) mistakes.push(unknownKey(name, path))
		else if (!isOfKind(serveOptions[name].json, value)) mistakes.push(wrongType(name, value, path))
		else texts[name] = textOf(name, value, path)
	}
	return { path, texts, mistakes }
}

function readObject(path: string): { value: object; text: string } {
	let value: unknown
	let text: string
	try {
		text = readText(path)
		value = JSON.parse(text)
	} catch (error) {
		throw new UsageError(`cannot read the config file ${path}: ${(error as Error).message}`)
	}
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value, text }
	throw new UsageError(`the config file ${path} is not a JSON object, such as {"port": 9000}`)
}

/** JSON itself takes the last of them without a word. A text that a colon follows is a key. */
function repeatedKeys(text: string): string[] {
	const keys = [...text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)].flatMap(([, key = '', colon]) =>
		colon === undefined ? [] : [JSON.parse(key) as string],
	)
	return [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))]
}

/** No more than is allowed, also of what has no end, such as a pipe. */
function readText(path: string): string {
	// Of a pipe that nobody writes to even the opening would wait for ever.
	const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
	try {
		const buffer = Buffer.alloc(configFileBytesMax + 1)
		let length = 0
		for (let read = -1; read !== 0 && length < buffer.length; length += read) {
			read = readSoon(file, buffer, length)
		}
		if (length > configFileBytesMax) throw new Error(`it is larger than ${configFileBytesMax / 1024} KiB`)
		return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, length))
	} finally {
		closeSync(file)
	}
}

/** Reads on, and gives how much; whoever writes to a pipe is waited for, as in `--config <(a command)`. */
function readSoon(file: number, buffer: Buffer, offset: number): number {
	for (let waitedMs = 0; ; waitedMs += pollMs) {
		try {
			return readSync(file, buffer, offset, buffer.length - offset, null)
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
			if (waitedMs >= patienceMs) throw new Error(`nothing came from that pipe for ${patienceMs / 1_000} s`)
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollMs)
		}
	}
}

const pollMs = 20
/** A command that decrypts asks nobody, and takes no longer. */
const patienceMs = 10_000

function isOption(name: string): name is OptionName {
	return Object.hasOwn(serveOptions, name)
}

function unknownKey(name: string, path: string): string {
	const suggestion = didYouMean(name, optionNames)
	const end = suggestion === '' ? ` There are: ${optionNames.join(', ')}` : suggestion
	return `there is no option "${name}" (in ${path}).${end}`
}

function wrongType(name: OptionName, value: unknown, path: string): string {
	return `"${name}" in ${path}: must be ${inWords[serveOptions[name].json]}, not ${JSON.stringify(value)}`
}

function textOf(name: OptionName, value: unknown, path: string): string {
	const kind: JsonKind = serveOptions[name].json
	if (kind === 'path' && value !== '') return resolve(dirname(path), String(value))
	return Array.isArray(value) ? value.join(',') : String(value)
}

function isOfKind(kind: JsonKind, value: unknown): boolean {
	if (kind === 'number' || kind === 'boolean') return typeof value === kind
	if (typeof value === 'string') return true
	if (kind === 'time') return typeof value === 'number'
	return kind === 'list' && Array.isArray(value) && value.every((item) => typeof item === 'string')
}

const inWords: Record<JsonKind, string> = {
	number: 'a number, without quotes',
	boolean: 'true or false, without quotes',
	text: 'a text in quotes',
	path: 'a text in quotes',
	time: 'a text in quotes, such as "12h"',
	list: 'an array of texts, such as ["10.0.0.0/8"]',
}
