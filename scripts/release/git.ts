import { spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'

/** The commit that is checked out. */
export function headOf(): string {
	return git('rev-parse', 'HEAD')
}

/** Throws if a version is released already. */
export function checkIsUntagged(tag: string): void {
	if (git('tag', '--list', tag) === '') return
	throw new Error(`There is a tag ${tag} already: give package.json and CHANGELOG.md the version that comes next.`)
}

/** Throws if anything is not committed. */
export function checkIsClean(): void {
	const changes = git('status', '--porcelain').split('\n')
	if (changes[0] !== '') throw new Error(`The work tree is not clean: commit or remove ${namesIn(changes)} first.`)
}

/** Puts files and folders into the checkout, from where they were written, and commits and tags them. */
export function commitAndTag(written: Readonly<Record<string, string>>, tag: string, message: string): void {
	const paths = Object.keys(written)
	try {
		for (const [path, from] of Object.entries(written)) {
			rmSync(path, { recursive: true, force: true })
			cpSync(from, path, { recursive: true })
		}
		git('add', '--all', '--', ...paths)
		git('commit', '--quiet', '--message', message)
	} catch (error) {
		git('reset', '--quiet', '--', ...paths)
		for (const path of paths) {
			rmSync(path, { recursive: true, force: true })
			// What is new in this release was not there.
			if (git('ls-files', '--', path) !== '') git('restore', '--', path)
		}
		throw error
	}
	git('tag', '--annotate', '--message', message, tag)
}

/** The paths of some lines of `git status --porcelain`. */
function namesIn(changes: readonly string[]): string {
	const names = changes.slice(0, 3).map((line) => line.slice(3))
	return names.join(', ') + (changes.length > names.length ? ' and others' : '')
}

function git(...args: string[]): string {
	const { status, stdout, stderr, error } = spawnSync('git', args, { encoding: 'utf8' })
	if (error !== undefined) throw new Error(`git did not start: ${error.message}.`)
	if (status !== 0) throw new Error(`git ${args[0]} failed: ${stderr.trim()}`)
	return stdout.trimEnd()
}
