import t from 'tap'
import { tailroom } from '../helpers/cli.ts'
import { startHouse } from '../helpers/house.ts'
import { ask } from '../helpers/http.ts'
import { putRoom } from '../helpers/people.ts'

t.test('a room is archived and taken back beside a running server', async (t) => {
	const { url, directory, owner } = await startHouse(t)
	await putRoom(url, owner, 'old')
	const run = (...args: string[]) => tailroom(['room', ...args, '--data', directory])
	const isArchived = async () => (await ask(url, '/rooms/old', owner)).json.archived

	t.match(await run('archive', 'old'), { code: 0, stdout: '', stderr: '' })
	t.equal(await isArchived(), true)
	t.match(await run('list'), { code: 0, stdout: /^old +open, archived +0 messages +old$/m })
	t.match(await run('put', 'old', '--unarchive'), { code: 0, stdout: 'old: open, old\n' })
	t.equal(await isArchived(), false)
	t.match(await run('archive', 'general'), { code: 1, stderr: /everybody's/ })
})
