// Writes db/views.sql, the tables of the views file, from db/views-schema.ts.
// The views are disposable, so there is one file and no history of migrations.
import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const out = mkdtempSync(join(tmpdir(), 'tailroom-views-'))
try {
	const options = ['--dialect', 'sqlite', '--schema', './db/views-schema.ts', '--out', out]
	execFileSync('drizzle-kit', ['generate', ...options], { stdio: ['ignore', 'ignore', 'inherit'] })
	const [file] = globSync(join(out, '*.sql'))
	if (file === undefined) throw new Error('drizzle-kit generated no SQL for the views')
	const target = process.argv[2] ?? 'db/views.sql'
	writeFileSync(target, `${readFileSync(file, 'utf8').replaceAll('--> statement-breakpoint', '')}\n`)
} finally {
	rmSync(out, { recursive: true })
}
