import { globSync, readFileSync } from 'node:fs'
import t from 'tap'
import { configurationPage, pagePath } from '../../../scripts/configuration-page.ts'
import { unknownVariables } from '../../../src/cli/config/environment.ts'
import { optionNames } from '../../../src/cli/config/schema.ts'
import { checkout } from '../../helpers/checkout.ts'

t.test('the reference page is what the schema says', (t) => {
	t.equal(readFileSync(pagePath, 'utf8'), configurationPage(), 'run: node scripts/configuration-page.ts')
	for (const name of optionNames) t.match(configurationPage(), `\`--${name}`)
	t.end()
})

t.test('every variable that is spoken of anywhere is known', (t) => {
	const files = globSync(['src/**/*.ts', 'docs/*.md', 'README.md', 'Dockerfile', '*.yaml'], { cwd: checkout })
	const spokenOf = files.flatMap(
		(file) => readFileSync(`${checkout}${file}`, 'utf8').match(/TAILROOM_[A-Z_]+[A-Z]/g) ?? [],
	)
	t.ok(spokenOf.includes('TAILROOM_TOKEN'))
	for (const name of new Set(spokenOf)) t.same(unknownVariables({ [name]: 'x' }), [], name)
	t.end()
})
