import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { gemoji } from 'gemoji'
import { defineConfig, type Plugin } from 'vite'

export default defineConfig({
	root: import.meta.dirname,
	resolve: {
		// The list of messages is virtualised by a library for React, which preact/compat is to it.
		alias: {
			react: 'preact/compat',
			'react-dom': 'preact/compat',
			'react/jsx-runtime': 'preact/jsx-runtime',
		},
	},
	oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
	build: {
		target: 'es2023',
		// All that is loaded is of this server, and of a browser that knows how.
		modulePreload: { polyfill: false },
		// A data: address in a style would have to be allowed by the policy.
		assetsInlineLimit: 0,
		reportCompressedSize: false,
		rolldownOptions: {
			// That a library says what it is to other frameworks needs no warning.
			onLog: (level, log, tell) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && tell(level, log),
			input: {
				index: join(import.meta.dirname, 'index.html'),
				sw: join(import.meta.dirname, 'src/service-worker/worker.ts'),
			},
			output: {
				// A worker is known by its address.
				entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
			},
		},
	},
	plugins: [emoji(), shell(), compressed()],
})

/** The list of all emoji, as a file that is loaded when somebody looks for one: it is no code. */
function emoji(): Plugin {
	const name = 'virtual:emoji'
	return {
		name: 'emoji',
		resolveId: (id) => (id === name ? `\0${name}` : undefined),
		load(id) {
			if (id !== `\0${name}`) return
			const lines = gemoji.map(({ emoji, names, tags }) => [
				emoji,
				names.join(' '),
				tags.join(' ').replaceAll('-', '_'),
			])
			const file = this.emitFile({ type: 'asset', name: 'emoji.json', source: JSON.stringify(lines) })
			return `export default import.meta.ROLLUP_FILE_URL_${file}`
		},
	}
}

/** Tells the service worker of which files the app is made. */
function shell(): Plugin {
	let publicDir: string
	return {
		name: 'shell',
		apply: 'build',
		configResolved(config) {
			publicDir = config.publicDir
		},
		generateBundle: {
			order: 'post',
			handler(_options, bundle) {
				const worker = bundle['sw.js']
				if (worker?.type !== 'chunk' || worker.imports.length > 0) this.error('The worker has to be one file.')
				const hash = createHash('sha256')
				const files = readdirSync(publicDir, { recursive: true, withFileTypes: true })
					.filter((entry) => entry.isFile())
					.map(({ parentPath, name }) => join(parentPath, name))
				for (const file of files.sort()) hash.update(readFileSync(file))
				const built = Object.values(bundle).filter(({ fileName }) => fileName !== 'sw.js')
				for (const output of built) hash.update(output.type === 'chunk' ? output.code : output.source)
				const paths = [...built.map(({ fileName }) => fileName), ...files.map((file) => relative(publicDir, file))]
				const told = {
					version: hash.digest('hex').slice(0, 16),
					// The page itself is kept by its address.
					files: paths.filter((path) => path !== 'index.html').map((path) => `/${path.split(sep).join('/')}`),
				}
				worker.code = worker.code.replace('tailroomShell', () => JSON.stringify(told))
			},
		},
	}
}

/** Beside each file that shrinks, what is sent of it: made small once, not for each who asks. */
function compressed(): Plugin {
	return {
		name: 'compressed',
		apply: 'build',
		writeBundle({ dir = '' }) {
			for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
				if (!/\.(html|js|css|json|svg|webmanifest)$/.test(name)) continue
				const file = join(dir, name)
				const bytes = readFileSync(file)
				const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
				writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }))
				writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
			}
		},
	}
}
