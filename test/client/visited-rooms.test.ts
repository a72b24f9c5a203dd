import { join } from 'node:path'
import t from 'tap'
import { connect } from '../../src/client/node.ts'
import { temporaryDirectory } from '../helpers/directory.ts'
import { askJson } from '../helpers/http.ts'
import { addPerson, putRoom, setUp } from '../helpers/people.ts'
import { startQuickServer } from '../helpers/quick-server.ts'

t.test('in an open room that one does not belong to, one reads on to its end', async (t) => {
	const directory = join(temporaryDirectory(t), 'data')
	const { url } = await startQuickServer(t, directory)
	const owner = await setUp({ url, directory })
	const visitor = await addPerson(url, owner, 'visitor')
	await putRoom(url, owner, 'logbook')
	for (let day = 1; day <= 100; day++) {
		await askJson(url, '/rooms/logbook/messages', { content: `day ${day}` }, { headers: owner.headers })
	}
	const chat = connect({ url, token: visitor.token })
	t.teardown(() => chat.close())
	const logbook = chat.open('logbook')
	await logbook.around(20)
	t.notOk(logbook.atEnd, 'nobody knows where it ends')
	while (!logbook.atEnd) await logbook.newer()
	t.equal(logbook.messages.at(-1)?.content, 'day 100')
	t.equal(logbook.messages.length, 100)
})
