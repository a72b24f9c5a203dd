import t from 'tap'
import { announcement, changelogOfRelease, sectionToRelease } from '../../../scripts/release/changelog.ts'

const changelog = `# Changelog

## 1.2.0, not released yet

New words.

- One
- Two, of $& and $1

## 1.1.0 (2026-01-31)

- 1.2.0, not released yet
`
const sectionOf120 = 'New words.\n\n- One\n- Two, of $& and $1'

t.test('the section to release ends where the next one begins', (t) => {
	t.equal(sectionToRelease(changelog, '1.2.0'), sectionOf120)
	t.equal(sectionToRelease('# Changelog\n\n## 0.1.0, not released yet\n\nAll of it.', '0.1.0'), 'All of it.')
	t.end()
})

t.test('what is not the first section, or says nothing, is no release', (t) => {
	const heading = 'begin it with "## 1.1.0, not released yet"'
	t.throws(() => sectionToRelease(changelog, '1.1.0'), { message: new RegExp(heading) })
	t.throws(() => sectionToRelease(changelog, '1.2'), { message: /begins with "## 1\.2\.0, not released yet"/ })
	t.throws(() => sectionToRelease('# Changelog\n', '1.1.0'), { message: new RegExp(`has no section: .*${heading}`) })
	const nothing = changelog.replace(sectionOf120, '')
	t.throws(() => sectionToRelease(nothing, '1.2.0'), { message: /does not say yet what is new in 1\.2\.0/ })
	t.end()
})

t.test('a release changes one line of the changelog, and is none to release again', (t) => {
	const released = changelogOfRelease(changelog, '1.2.0', new Date('2026-11-28T23:59:59Z'))
	t.equal(released, changelog.replace('## 1.2.0, not released yet', '## 1.2.0 (2026-11-28)'))
	t.throws(() => sectionToRelease(released, '1.2.0'), { message: /begins with "## 1\.2\.0 \(2026-11-28\)"/ })
	t.end()
})

t.test('what is announced is the section, and the checksums of what is published', (t) => {
	const sums = 'aa  tailroom-linux-x64\nbb  tailroom-win-x64.exe\naa  tailroom\n'
	const text = announcement(sectionOf120, sums, ['tailroom-linux-x64', 'tailroom-win-x64.exe'])
	t.ok(text.startsWith(`${sectionOf120}\n\n## Checksums\n`))
	t.ok(text.endsWith('\n```\naa  tailroom-linux-x64\nbb  tailroom-win-x64.exe\n```\n'))
	t.end()
})
