import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file of the app, with what is sent of it to who understands that. */
export interface PageFile {
	type: string
	bytes: Buffer
	brotli?: Buffer
	gzip?: Buffer
	/** Its name says what is in it, so that it can be kept for ever. */
	isImmutable: boolean
}

const builtApp = fileURLToPath(new URL('../../../web/dist/', import.meta.url))

const types: Readonly<Record<string, string>> = {
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.css': 'text/css; charset=utf-8',
	'.json': 'application/json; charset=utf-8',
	'.svg': 'image/svg+xml',
	'.png': 'image/png',
	'.webmanifest': 'application/manifest+json',
}

/** The app as it was built, by the paths at which it is served; empty where it was not built. */
export function readPageFiles(directory: string = builtApp): ReadonlyMap<string, PageFile> {
	const files = new Map<string, PageFile>()
	if (!existsSync(directory)) return files
	for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
		const type = types[extname(entry.name)]
		if (!entry.isFile() || type === undefined) continue
		const file = join(entry.parentPath, entry.name)
		const path = `/${relative(directory, file).split(sep).join('/')}`
		files.set(path, {
			type,
			bytes: readFileSync(file),
			...(existsSync(`${file}.br`) ? { brotli: readFileSync(`${file}.br`) } : {}),
			...(existsSync(`${file}.gz`) ? { gzip: readFileSync(`${file}.gz`) } : {}),
			isImmutable: path.startsWith('/assets/'),
		})
	}
	return files
}
