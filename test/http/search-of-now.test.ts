import t from 'tap'
import { startInProcess } from '../helpers/app.ts'
import { startHouse } from '../helpers/house.ts'
import { ask, askJson } from '../helpers/http.ts'
import { addPerson } from '../helpers/people.ts'
import { allIndexed, found, search } from '../helpers/searching.ts'

/*
 * Right after each change, before the index can have heard of it, and when it has.
 */

t.test('of an edited message the text of now is found', async (t) => {
	const { url, owner } = await startHouse(t)
	const { headers } = owner
	const path = '/rooms/general/messages'
	const { id } = (await askJson(url, path, { content: 'the first words' }, { headers })).json
	await allIndexed(url, headers)
	const edit = (content: string) => askJson(url, `${path}/${id}`, { content }, { method: 'PATCH', headers })
	t.equal((await edit('the second words, and more')).status, 200)
	t.same(await found(url, 'first', headers), [], 'not any more, at once')
	const { json } = await search(url, 'words', headers)
	t.match(json.messages, [{ content: 'the second words, and more', highlights: [[11, 16]] }])
	await allIndexed(url, headers)
	t.same(await found(url, 'first', headers), [])
	t.same(await found(url, 'second', headers), ['the second words, and more'])
	const [now] = (await search(url, 'second', headers)).json.messages
	const [inHistory] = (await ask(url, path, { headers })).json.messages
	t.match(inHistory, { editedAtMs: Number })
	t.same(now, { ...inHistory, highlights: [[4, 10]] })
})

t.test('what is deleted or cleared is not found, from the very moment on', async (t) => {
	const { url, owner } = await startHouse(t)
	const { headers } = owner
	const path = '/rooms/general/messages'
	const ids: string[] = []
	for (let i = 1; i <= 6; i++) {
		ids.push((await askJson(url, path, { content: `letter ${i}` }, { headers })).json.id)
	}
	await allIndexed(url, headers)
	t.equal((await ask(url, `${path}/${ids[5]}`, { method: 'DELETE', headers })).status, 204)
	t.same(await found(url, 'letter', headers), ['letter 5', 'letter 4', 'letter 3', 'letter 2', 'letter 1'])
	t.equal((await ask(url, `${path}?through=3`, { method: 'DELETE', headers })).status, 200)
	t.same(await found(url, 'letter', headers), ['letter 5', 'letter 4'])
	await allIndexed(url, headers)
	t.same(await found(url, 'letter', headers), ['letter 5', 'letter 4'])
	t.same(await found(url, 'in:general', headers), ['letter 5', 'letter 4'])
})

t.test('what is beyond what is kept is not found, before it is erased and after', async (t) => {
	const { url, owner } = await startHouse(t)
	const { headers } = owner
	const put = { method: 'PUT', headers }
	for (let i = 1; i <= 6; i++) await askJson(url, '/rooms/general/messages', { content: `letter ${i}` }, { headers })
	await allIndexed(url, headers)
	t.equal((await askJson(url, '/rooms/general', { historyLimit: 2 }, put)).status, 200)
	t.same(await found(url, 'letter', headers), ['letter 6', 'letter 5'])
	t.equal((await askJson(url, '/rooms/general', { historyLimit: null }, put)).status, 200)
	t.same(await found(url, 'letter', headers), ['letter 6', 'letter 5'], 'it does not come back')
})

t.test('what an erased person wrote is not found if it goes with them', async (t) => {
	const { url, owner } = await startHouse(t)
	const { headers } = owner
	const ada = await addPerson(url, owner, 'ada')
	for (const room of ['general', '@owner']) {
		await askJson(url, `/rooms/${room}/messages`, { content: 'a letter of ada' }, { headers: ada.headers })
	}
	await allIndexed(url, headers)
	t.equal((await found(url, 'letter', headers)).length, 2)
	t.equal((await ask(url, '/users/ada?messages=true', { method: 'DELETE', headers })).status, 204)
	t.same(await found(url, 'letter', headers), [])
	await allIndexed(url, headers)
	t.same(await found(url, 'letter', headers), [])
	t.same(await found(url, 'from:erased-1', headers), [])
})

t.test('while the views are built anew, and after, the search goes on', async (t) => {
	const { url, owner, directory } = await startHouse(t)
	const { headers } = owner
	await askJson(url, '/rooms/general/messages', { content: 'before it' }, { headers })
	await allIndexed(url, headers)
	const rebuilt = ask(url, '/rebuild', { method: 'POST', socketPath: `${directory}/control.sock` })
	t.same(await found(url, 'before', headers), ['before it'])
	t.match((await rebuilt).text, /"events":/)
	await askJson(url, '/rooms/general/messages', { content: 'after it' }, { headers })
	await allIndexed(url, headers)
	t.same(await found(url, 'in:general it', headers), ['after it', 'before it'])
})

t.test('a search whose time is over says so, and goes on where it was', async (t) => {
	// Less than one step takes, so that each answer is one step.
	const { url } = await startInProcess(t, { searchMsMax: 0 })
	// As many as are looked at in a step, thrice, of which one is what is looked for.
	for (let i = 1; i <= 1_600; i += 100) {
		const batch = Array.from({ length: 100 }, (_, n) => {
			const content = i + n === 5 ? 'be to' : 'to be'
			return askJson(url, '/rooms/general/messages', { content })
		})
		await Promise.all(batch)
	}
	await allIndexed(url)
	const answers: { found: number; complete: boolean }[] = []
	const messages: { content: string }[] = []
	let next: number | undefined
	do {
		const { json } = await search(url, '"be to"', {}, next === undefined ? '' : `&before=${next}`)
		messages.push(...json.messages)
		answers.push({ found: json.messages.length, complete: json.complete })
		next = json.next
	} while (next !== undefined)
	t.match(messages, [{ content: 'be to' }])
	t.equal(messages.length, 1)
	t.ok(answers.length > 2, `${answers.length} answers`)
	t.match(answers[0], { found: 0, complete: false })
	t.match(answers.at(-1), { complete: true })
})

t.test('who sends many searches at once is told to wait, and the others are answered', async (t) => {
	const { url, owner } = await startHouse(t)
	const ada = await addPerson(url, owner, 'ada')
	await askJson(url, '/rooms/general/messages', { content: 'hello' }, { headers: ada.headers })
	await allIndexed(url, owner.headers)
	const many = Array.from({ length: 40 }, () => search(url, 'hello', owner.headers))
	t.equal((await search(url, 'hello', ada.headers)).status, 200)
	const answers = await Promise.all(many)
	const refused = answers.filter(({ status }) => status === 429)
	t.ok(refused.length > 0, `${refused.length} were refused`)
	t.ok(answers.filter(({ status }) => status === 200).length >= 4)
	t.match(refused[0], { json: { code: 'rate_limited' }, headers: { 'retry-after': /\d/ } })
	t.equal((await search(url, 'hello', owner.headers)).status, 200)
})
