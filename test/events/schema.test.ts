import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import t from 'tap'
import { checkout, runInCheckout } from '../helpers/checkout.ts'
import { temporaryDirectory } from '../helpers/directory.ts'

const migrations = new URL('../../db/migrations/', import.meta.url)

t.test('the migrations make the log that its schema describes', async (t) => {
	const out = join(temporaryDirectory(t), 'migrations')
	cpSync(migrations, out, { recursive: true })
	// drizzle-kit takes no absolute path here, and after an error it ends as if there was none.
	const schema = ['--dialect', 'sqlite', '--schema', './db/log-schema.ts', '--out', relative(checkout, out)]
	t.match(await runInCheckout('drizzle-kit', ['generate', ...schema]), 'No schema changes')
	t.same(readdirSync(out, { recursive: true }).sort(), readdirSync(migrations, { recursive: true }).sort())
	t.equal(
		readFileSync(join(out, 'meta/_journal.json'), 'utf8'),
		readFileSync(new URL('meta/_journal.json', migrations), 'utf8'),
	)
})
