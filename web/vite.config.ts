import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
		},
	},
	plugins: [emoji(), compressed()],
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
