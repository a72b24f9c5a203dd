/** The text of a version in the changelog, without its heading. Throws if it is not the first, or says nothing. */
export function sectionToRelease(changelog: string, version: string): string {
	const [heading, ...lines] = fromFirstSection(changelog)
	if (heading !== unreleased(version)) {
		const found = heading === undefined ? 'has no section' : `begins with "${heading}"`
		throw new Error(`CHANGELOG.md ${found}: to release ${version}, begin it with "${unreleased(version)}".`)
	}
	const end = lines.findIndex((line) => line.startsWith('## '))
	const text = lines.slice(0, end === -1 ? undefined : end).join('\n')
	if (text.trim() === '') throw new Error(`CHANGELOG.md does not say yet what is new in ${version}.`)
	return text.trim()
}

/** The changelog in which a version is released, on that day in UTC. */
export function changelogOfRelease(changelog: string, version: string, at: Date): string {
	const day = at.toISOString().slice(0, 10)
	return changelog.replace(unreleased(version), () => `## ${version} (${day})`)
}

/** What is pasted where a release is announced. */
export function announcement(section: string, sums: string, files: readonly string[]): string {
	const ofFiles = sums.split('\n').filter((line) => files.some((file) => line.endsWith(`  ${file}`)))
	return `${section}

## Checksums

\`sha256sum --check --ignore-missing SHA256SUMS\` compares what was downloaded with these (SHA-256):

\`\`\`
${ofFiles.join('\n')}
\`\`\`
`
}

function fromFirstSection(changelog: string): string[] {
	const lines = changelog.split('\n')
	const first = lines.findIndex((line) => line.startsWith('## '))
	return first === -1 ? [] : lines.slice(first)
}

function unreleased(version: string): string {
	return `## ${version}, not released yet`
}
