import { globSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import type { Platform } from './platforms.ts'

/** What lies in a binary: its code, and the files that it reads by their names. */
export interface Bundle {
	main: string
	assets: Readonly<Record<string, string>>
}

const folder = 'dist/.build'
const threads = globSync('src/*/*-thread.ts')

/** Makes one file of the program, and one of each of its threads. */
export async function bundle(platform: Platform): Promise<Bundle> {
	await bundleTo(folder, { plugins: [sqliteFromBinary(platform)], minifySyntax: true, minifyWhitespace: true })
	const read = ['package.json', 'db/views.sql', ...filesIn('db/migrations'), ...filesIn('web/dist')]
	return {
		main: mainIn(folder),
		assets: {
			...Object.fromEntries(read.map((path) => [path, path])),
			...Object.fromEntries(threads.map((file) => [`${keyOf(file)}.js`, `${folder}/${keyOf(file)}.js`])),
			'better_sqlite3.node': `node_modules/better-sqlite3/prebuilds/${platform.sqlite}.node`,
		},
	}
}

/**
 * Makes the same for a Node of this machine, which starts it in a third of the time that the sources take. The folder is
 * one of the checkout itself, where the program finds its other files. Returns the file to start.
 */
export async function bundleForNode(folder: string): Promise<string> {
	await bundleTo(folder, { external: ['better-sqlite3'] })
	return mainIn(folder)
}

async function bundleTo(outdir: string, more: BuildOptions): Promise<void> {
	rmSync(outdir, { recursive: true, force: true })
	await build({
		entryPoints: { 'program/main': 'src/binary.ts', ...Object.fromEntries(threads.map((file) => [keyOf(file), file])) },
		outdir,
		bundle: true,
		platform: 'node',
		target: 'node26',
		format: 'esm',
		legalComments: 'none',
		// What comes from packages asks for the parts of Node by `require`.
		banner: { js: "import{createRequire as $require}from'node:module';const require=$require(process.execPath);" },
		logLevel: 'warning',
		...more,
	})
}

function mainIn(folder: string): string {
	return `${folder}/program/main.js`
}

/** As `startThread` calls it. */
function keyOf(file: string): string {
	return file.replace(/^src\//, '').replace(/\.ts$/, '')
}

/** SQLite is loaded by `src/program/addon.ts` instead of from the file that better-sqlite3 brings for the platform. */
function sqliteFromBinary({ sqlite }: Platform): Plugin {
	return {
		name: 'sqlite-from-binary',
		setup({ onResolve, onLoad, resolve }) {
			onResolve({ filter: /^better-sqlite3$/ }, ({ kind, resolveDir }) => {
				return resolve(`better-sqlite3/${sqlite}`, { kind, resolveDir })
			})
			onLoad({ filter: /\.node$/ }, () => ({
				contents: "module.exports = require('./src/program/addon.ts').loadAddon()",
				resolveDir: process.cwd(),
				loader: 'js',
			}))
		},
	}
}

function filesIn(directory: string): string[] {
	const paths = readdirSync(directory, { recursive: true }).map((name) => join(directory, String(name)))
	return paths.filter((path) => statSync(path).isFile()).map((path) => path.replaceAll('\\', '/'))
}
