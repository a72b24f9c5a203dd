import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { getAssetKeys, getRawAsset, isSea } from 'node:sea'
import { fileURLToPath } from 'node:url'

/** A file that belongs to the program, by its path in the checkout, for example `db/views.sql`. Throws if there is none. */
export function readProgramFile(path: string): Buffer {
	return isSea() ? Buffer.from(getRawAsset(path)) : readFileSync(inCheckout(path))
}

/**
 * The files of a folder of the program and of all folders in it, by their paths in it, with `/` between. Empty where
 * there is no such folder.
 */
export function readProgramFolder(path: string): ReadonlyMap<string, Buffer> {
	if (!isSea()) return readFolder(inCheckout(path))
	const keys = getAssetKeys().filter((key) => key.startsWith(`${path}/`))
	return new Map(keys.map((key) => [key.slice(path.length + 1), readProgramFile(key)]))
}

/** As `readProgramFolder`, of any folder of the disk. */
export function readFolder(directory: string): ReadonlyMap<string, Buffer> {
	if (!existsSync(directory)) return new Map()
	const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
	const paths = entries.map(({ parentPath, name }) => join(parentPath, name))
	return new Map(paths.map((path) => [relative(directory, path).split(sep).join('/'), readFileSync(path)]))
}

function inCheckout(path: string): string {
	return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}
