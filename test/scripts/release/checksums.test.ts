import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { writeChecksums } from '../../../scripts/build/checksums.ts'
import { checkChecksums, parseChecksums } from '../../../scripts/release/checksums.ts'
import { temporaryDirectory } from '../../helpers/directory.ts'

t.test('checksums agree with the files that they name, and name all that is published', (t) => {
	const directory = temporaryDirectory(t)
	for (const name of ['one', 'two']) writeFileSync(join(directory, name), name)
	writeChecksums(directory, ['one', 'two'])
	checkChecksums(directory, ['one'])
	t.throws(() => checkChecksums(directory, ['three']), { message: /SHA256SUMS does not name three\./ })
	writeFileSync(join(directory, 'two'), 'TWO')
	t.throws(() => checkChecksums(directory, ['one']), { message: /two is not what its checksum says\./ })
	rmSync(join(directory, 'two'))
	t.throws(() => checkChecksums(directory, ['one']), { message: /names two, which is not there\./ })
	t.end()
})

t.test('a line that is no checksum is an error', (t) => {
	t.equal(parseChecksums(`${'a'.repeat(64)}  a file\n`).get('a file'), 'a'.repeat(64))
	t.throws(() => parseChecksums('abc  file\n'), { message: /a line that is none: "abc {2}file"/ })
	t.end()
})
