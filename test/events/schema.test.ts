import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runInCheckout } from '../helpers/checkout.ts'
import { temporaryDirectory } from '../helpers/directory.ts'

const migrations = new URL('../../db/migrations/', import.meta.url)

t.test('the migrations make the log that its schema describes', async (t) => {
	const out = join(temporaryDirectory(t), 'migrations')
	cpSync(migrations, out, { recursive: true })
	const schema = ['--dialect', 'sqlite', '--schema', './db/log-schema.ts', '--out', out]
	await runInCheckout('drizzle-kit', ['generate', ...schema])
	t.same(readdirSync(out, { recursive: true }).sort(), readdirSync(migrations, { recursive: true }).sort())
	t.equal(
		readFileSync(join(out, 'meta/_journal.json'), 'utf8'),
		readFileSync(new URL('meta/_journal.json', migrations), 'utf8'),
	)
})
