// Makes the program as one file for this machine, in dist; with --all also for the other platforms of which the
// registry has a Node, under their names.
import { linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { bundle } from './build/bundle.ts'
import { writeChecksums } from './build/checksums.ts'
import { makeExecutable } from './build/executable.ts'
import { nodeOf, platforms, thisPlatform } from './build/platforms.ts'

const { values } = parseArgs({ options: { all: { type: 'boolean' } } })
const wanted = values.all ? platforms : [thisPlatform()]
mkdirSync('dist', { recursive: true })
for (const platform of wanted) {
	const output = values.all ? `tailroom-${platform.name}${platform.suffix}` : `tailroom${platform.suffix}`
	process.stderr.write(`dist/${output} ...\n`)
	makeExecutable(`dist/${output}`, await bundle(platform), nodeOf(platform))
}
if (values.all) {
	const { name, suffix } = thisPlatform()
	rmSync(`dist/tailroom${suffix}`, { force: true })
	linkSync(`dist/tailroom-${name}${suffix}`, `dist/tailroom${suffix}`)
}
// Also of those that an earlier build has made.
writeChecksums(
	'dist',
	readdirSync('dist').filter((name) => /^tailroom(-[a-z0-9-]+)?(\.exe)?$/.test(name)),
)
