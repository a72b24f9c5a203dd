import { globSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
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
	rmSync(folder, { recursive: true, force: true })
	await build({
		entryPoints: { main: 'src/binary.ts', ...Object.fromEntries(threads.map((file) => [keyOf(file), file])) },
		outdir: folder,
		bundle: true,
		platform: 'node',
		target: 'node26',
		format: 'esm',
		minifySyntax: true,
		minifyWhitespace: true,
		legalComments: 'none',
		plugins: [sqliteFromBinary(platform)],
		// What comes from packages asks for the parts of Node by `require`.
		banner: { js: "import{createRequire as $require}from'node:module';const require=$require(process.execPath);" },
		logLevel: 'warning',
	})
	const read = ['package.json', 'db/views.sql', ...filesIn('db/migrations'), ...filesIn('web/dist')]
	return {
		main: `${folder}/main.js`,
		assets: {
			...Object.fromEntries(read.map((path) => [path, path])),
			...Object.fromEntries(threads.map((file) => [`${keyOf(file)}.js`, `${folder}/${keyOf(file)}.js`])),
			'better_sqlite3.node': `node_modules/better-sqlite3/prebuilds/${platform.sqlite}.node`,
		},
	}
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
