// Releases the version of package.json: builds it, checks it, and writes it down. Until the last step everything is
// written to dist alone, and with --dry-run that step only says what it would do.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import packageJson from '../package.json' with { type: 'json' }
import { platforms, thisPlatform } from './build/platforms.ts'
import { checkBinary } from './release/binary.ts'
import { announcement, changelogOfRelease, sectionToRelease } from './release/changelog.ts'
import { checkChecksums } from './release/checksums.ts'
import { checkFormat } from './release/format.ts'
import { checkIsClean, checkIsUntagged, commitAndTag, headOf } from './release/git.ts'
import { runHere } from './release/run.ts'

const { version } = packageJson
const tag = `v${version}`
const binaries = platforms.map(({ name, suffix }) => `tailroom-${name}${suffix}`)
const uploads = [...binaries, 'SHA256SUMS'].map((file) => `dist/${file}`)
const keptDirectory = `test/fixtures/released/${version}`
/** What the last step puts into the checkout, and where it lies before. */
const written = { 'CHANGELOG.md': 'dist/CHANGELOG.md', [keptDirectory]: `dist/released/${version}` }

const steps: readonly [says: string, step: (isDry: boolean) => void | Promise<void>][] = [
	[`Is there a ${version} to release?`, isThereOne],
	['Lint, types and tests', tests],
	['A binary for each platform', build],
	[`A data directory of ${version}, and whether it is brought up to date`, keep],
	['The changelog, and what is announced', writeDown],
	[`The commit, and the tag ${tag}`, record],
]
/** The commit that is built and tested. */
let begun = ''

try {
	const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean' } } })
	for (const [index, [says, step]] of steps.entries()) {
		say(`${index + 1}/${steps.length} ${says}`)
		await step(values['dry-run'] === true)
	}
} catch (error) {
	say(error instanceof Error ? error.message : String(error))
	process.exitCode = 1
}

function isThereOne(): void {
	begun = headOf()
	checkIsUntagged(tag)
	checkIsClean()
	sectionToRelease(readFileSync('CHANGELOG.md', 'utf8'), version)
}

function tests(): void {
	runHere('npm', ['run', 'lint'])
	runHere('npm', ['run', 'typecheck'])
	runHere('npm', ['test'])
}

async function build(): Promise<void> {
	for (const file of uploads) rmSync(file, { force: true })
	runHere(process.execPath, ['scripts/build.ts', '--all'])
	checkChecksums('dist', binaries)
	for (const [index, platform] of platforms.entries()) checkFormat(`dist/${binaries[index]}`, platform)
	await checkBinary(`dist/tailroom${thisPlatform().suffix}`, version)
}

function keep(): void {
	rmSync('dist/released', { recursive: true, force: true })
	runHere(process.execPath, ['scripts/keep-data-directory.ts', `dist/released/${version}`])
	runHere(process.execPath, ['test/process/upgrade.test.ts', 'dist/released'])
}

function writeDown(): void {
	const changelog = readFileSync('CHANGELOG.md', 'utf8')
	const sums = readFileSync('dist/SHA256SUMS', 'utf8')
	writeFileSync('dist/CHANGELOG.md', changelogOfRelease(changelog, version, new Date()))
	writeFileSync('dist/RELEASE.md', announcement(sectionToRelease(changelog, version), sums, binaries))
}

function record(isDry: boolean): void {
	// The tests take minutes, in which somebody may have gone on working: what is tagged is what was tested.
	checkIsClean()
	if (headOf() !== begun) throw new Error('Another commit was checked out meanwhile: begin again, to release that one.')
	if (isDry) {
		for (const [path, from] of Object.entries(written)) say(`It would put ${from} in the place of ${path}.`)
		say(`It would commit that and tag it ${tag}. The text to announce is dist/RELEASE.md.`)
		return
	}
	commitAndTag(written, tag, `Version ${version}`)
	say(`${version} is committed and tagged, and nobody has it yet. To publish it:

git push --atomic origin HEAD ${tag}
gh release create ${tag} --verify-tag --title 'Tailroom ${version}' --notes-file dist/RELEASE.md ${uploads.join(' ')}

Elsewhere than on GitHub, upload these files, with dist/RELEASE.md as the text.`)
}

function say(line: string): void {
	process.stderr.write(`${line}\n`)
}
