import { extname } from 'node:path'
import { getAsset, isSea } from 'node:sea'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { placeAddon } from './addon.ts'

/** Starts a thread of the program, by its path in `src` without `.ts`, for example `commands/writer-thread`. */
export function startThread(path: string, options: WorkerOptions = {}): Worker {
	// Bundled, they lie beside it as they do in `src`.
	if (!isSea()) return new Worker(new URL(`../${path}${extname(import.meta.url)}`, import.meta.url), options)
	placeAddon()
	// By its name in stack traces: the URL is all of it.
	const code = Buffer.from(`${getAsset(`${path}.js`, 'utf8')}\n//# sourceURL=tailroom/${path}.js`)
	return new Worker(new URL(`data:text/javascript;base64,${code.toString('base64')}`), options)
}
