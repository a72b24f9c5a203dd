import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runInCheckout } from '../helpers/checkout.ts'
import { temporaryDirectory } from '../helpers/directory.ts'

t.test('the tables of the views are those that their schema describes', async (t) => {
	const target = join(temporaryDirectory(t), 'views.sql')
	await runInCheckout(process.execPath, ['scripts/generate-views.ts', target])
	t.equal(readFileSync(new URL('../../db/views.sql', import.meta.url), 'utf8'), readFileSync(target, 'utf8'))
})
