import { join } from 'node:path'
import type { Test } from 'tap'
import type { App, AppOptions } from '../../src/app.ts'
import { startInProcess } from './app.ts'
import { temporaryDirectory } from './directory.ts'
import { type Account, setUp } from './people.ts'

/** A server in this process that lets nobody in without an account, and its owner. */
export async function startHouse(
	t: Test,
	options: Partial<AppOptions> = {},
): Promise<{ app: App; url: string; directory: string; owner: Account }> {
	const directory = options.directory ?? join(temporaryDirectory(t), 'data')
	const app = await startInProcess(t, { guests: false, ...options, directory })
	const { url } = app
	return { app, url, directory, owner: await setUp({ url, directory }) }
}
