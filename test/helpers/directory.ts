import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** A directory of this test's own, removed with it. */
export function temporaryDirectory(t: Test): string {
	const directory = mkdtempSync(join(tmpdir(), 'tailroom-'))
	t.teardown(() => rmSync(directory, { recursive: true, force: true }))
	return directory
}
