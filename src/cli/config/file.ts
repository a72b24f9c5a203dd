import { closeSync, openSync, readSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { UsageError } from '../command.ts'
import { didYouMean } from '../suggestion.ts'
import { type JsonKind, type OptionName, optionNames, serveOptions } from './schema.ts'

export interface ConfigFile {
	path: string
	/** What is in it, as it would be written on the command line. */
	texts: { [Name in OptionName]?: string }
}

/** All options together take some hundred bytes; what is longer is another file. */
const configFileBytesMax = 64 * 1024

/** Reads a JSON object of options. Throws for what is none, for a name that is no option, and for a wrong type. */
export function readConfigFile(path: string): ConfigFile {
	const texts: ConfigFile['texts'] = {}
	for (const [name, value] of Object.entries(readObject(path))) {
		if (!isOption(name)) throw new UsageError(unknownKey(name, path))
		texts[name] = textOf(name, value, path)
	}
	return { path, texts }
}

function readObject(path: string): object {
	let value: unknown
	try {
		value = JSON.parse(readText(path))
	} catch (error) {
		throw new UsageError(`cannot read the config file ${path}: ${(error as Error).message}`)
	}
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
	throw new UsageError(`the config file ${path} is not a JSON object, such as {"port": 9000}`)
}

/** No more than is allowed, also of what has no end, such as a pipe. */
function readText(path: string): string {
	const file = openSync(path, 'r')
	try {
		const buffer = Buffer.alloc(configFileBytesMax + 1)
		let length = 0
		for (let read = -1; read !== 0 && length < buffer.length; length += read) {
			read = readSync(file, buffer, length, buffer.length - length, null)
		}
		if (length > configFileBytesMax) throw new Error(`it is larger than ${configFileBytesMax / 1024} KiB`)
		return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, length))
	} finally {
		closeSync(file)
	}
}

function isOption(name: string): name is OptionName {
	return Object.hasOwn(serveOptions, name)
}

function unknownKey(name: string, path: string): string {
	const suggestion = didYouMean(name, optionNames)
	const end = suggestion === '' ? ` There are: ${optionNames.join(', ')}` : suggestion
	return `there is no option "${name}" (in ${path}).${end}`
}

function textOf(name: OptionName, value: unknown, path: string): string {
	const kind: JsonKind = serveOptions[name].json
	if (!isOfKind(kind, value)) {
		throw new UsageError(`"${name}" in ${path}: must be ${inWords[kind]}, not ${JSON.stringify(value)}`)
	}
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
