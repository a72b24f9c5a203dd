import { extname } from 'node:path'
import { readFolder, readProgramFolder } from '../../program/files.ts'

/** A file of the app, with what is sent of it to who understands that. */
export interface PageFile {
	type: string
	bytes: Buffer
	brotli?: Buffer
	gzip?: Buffer
	/** Its name says what is in it, so that it can be kept for ever. */
	isImmutable: boolean
}

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
export function readPageFiles(directory?: string): ReadonlyMap<string, PageFile> {
	const built = directory === undefined ? readProgramFolder('web/dist') : readFolder(directory)
	const served = new Map<string, PageFile>()
	for (const [path, bytes] of built) {
		const type = types[extname(path)]
		if (type === undefined) continue
		const [brotli, gzip] = [built.get(`${path}.br`), built.get(`${path}.gz`)]
		const isImmutable = path.startsWith('assets/')
		served.set(`/${path}`, { type, bytes, ...(brotli && { brotli }), ...(gzip && { gzip }), isImmutable })
	}
	return served
}
