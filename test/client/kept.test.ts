import t from 'tap'
import { connect } from '../../src/client/node.ts'
import { openBadLine } from '../helpers/bad-line.ts'
import { openChat, openRoom, sameAsServer } from '../helpers/chats.ts'
import { startHouse } from '../helpers/house.ts'
import { askJson } from '../helpers/http.ts'
import { addPerson } from '../helpers/people.ts'
import { until } from '../helpers/until.ts'

const { url, owner } = await startHouse(t)
const bob = await addPerson(url, owner, 'bob')
const say = (room: string, content: string) => askJson(url, `/rooms/${room}/messages`, { content }, owner)

t.test('it begins with what was kept while there is no line, and goes on from there', async (t) => {
	const { token } = bob
	const first = await openChat(t, { url, token })
	await say('general', 'hello @bob')
	await until(() => first.rooms.get('general')?.mentions === 1 && first.snapshot !== undefined)
	const text = JSON.stringify(first.snapshot)
	first.close()
	await say('general', 'said meanwhile')

	const line = await openBadLine(t, Number(new URL(url).port))
	line.nextFate = () => ({ kind: 'cut', afterBytes: 0 })
	let asked = 0
	const kept = async () => {
		asked += 1
		return JSON.parse(text)
	}
	const chat = connect({ url: line.url, token, kept })
	t.teardown(() => chat.close())
	await until(() => chat.user !== undefined)
	t.match(chat.user, { name: 'bob' })
	t.match(chat.rooms.get('general'), { unread: 1, mentions: 1 })
	await until(() => chat.status.state === 'offline')
	const sent = chat.send('general', 'written without a line')

	line.nextFate = () => ({ kind: 'good' })
	chat.reconnect()
	await sent
	await chat.untilLive()
	const general = await openRoom(chat, 'general')
	await sameAsServer(t, url, bob, chat, [general])
	t.equal(asked, 1)
})

t.test('a server that does not want one is not hidden by what was kept', async (t) => {
	const chat = connect({ url, token: 'trt_of_another_time', kept: async () => t.fail('nobody asks for it') as never })
	t.teardown(() => chat.close())
	await t.rejects(chat.untilLive(), { code: 'not_authenticated' })
})

t.test('what is not of one moment is no snapshot', async (t) => {
	const line = await openBadLine(t, Number(new URL(url).port))
	const chat = await openChat(t, { url: line.url, token: bob.token })
	await until(() => chat.snapshot !== undefined)
	line.nextFate = () => ({ kind: 'cut', afterBytes: 0 })
	line.cutAll()
	await until(() => chat.status.state === 'offline')
	chat.markRead('general', chat.rooms.get('general')?.sequence ?? 0)
	t.equal(chat.snapshot, undefined, 'what was read is not told yet')
})
