import { cpSync, mkdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build, type Metafile } from 'esbuild'
import type { Test } from 'tap'
import { checkout, runInCheckout } from './checkout.ts'
import { temporaryDirectory } from './directory.ts'

/** What is not the project's own text, or is not to be read by another process while it is in use. */
const notCopied = new Set(['.git', '.tap', 'data', 'dist', 'node_modules'])

/**
 * A project of somebody else in which the client is installed: from a packed copy of the checkout, for other tests may
 * be at the checkout itself, and with what the client needs at run time beside it.
 */
export async function installClient(t: Test): Promise<string> {
	const directory = temporaryDirectory(t)
	const copy = join(directory, 'copy')
	cpSync(checkout, copy, {
		recursive: true,
		filter: (path) => !notCopied.has(basename(path)) && !path.startsWith(join(checkout, 'test/')),
	})
	const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'))
	const [program, ...args] = scripts['build:client'].split(' ')
	await runInCheckout(program, [...args, '--outDir', join(copy, 'dist')])
	// It is built already, and installs nothing here.
	await runInCheckout('npm', ['pack', copy, '--ignore-scripts', '--pack-destination', directory])
	await runInCheckout('tar', ['-xf', join(directory, 'tailroom-0.1.0.tgz'), '-C', directory])
	const project = join(directory, 'project')
	const modules = join(project, 'node_modules')
	mkdirSync(modules, { recursive: true })
	renameSync(join(directory, 'package'), join(modules, 'tailroom'))
	for (const name of ['eventsource', 'eventsource-parser']) {
		symlinkSync(join(checkout, 'node_modules', name), join(modules, name))
	}
	return project
}

export interface Bundle {
	code: string
	metafile: Metafile
}

/** What a page of such a project is served, made small as it would be. */
export async function bundleForBrowsers(project: string, contents: string): Promise<Bundle> {
	const { outputFiles, metafile } = await build({
		stdin: { contents, resolveDir: project },
		bundle: true,
		minify: true,
		format: 'esm',
		platform: 'browser',
		conditions: ['browser'],
		write: false,
		metafile: true,
	})
	return { code: outputFiles[0]?.text ?? '', metafile }
}
