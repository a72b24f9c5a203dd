import Fastify, { type FastifyReply } from 'fastify'
import t, { type Test } from 'tap'
import { browserRules } from '../../src/http/browser-rules.ts'
import { problem, RequestError } from '../../src/http/errors.ts'
import { pageRoutes } from '../../src/http/routes/pages.ts'
import { noBrowser, startBrowser } from '../helpers/browser.ts'

/** A server with the pages alone; what they post is answered by the test. */
async function startPages(t: Test, answer: (posted: Record<string, string>, reply: FastifyReply) => unknown) {
	const app = Fastify()
	const posts: { path: string; body: unknown }[] = []
	const rules = await browserRules({ publicUrl: undefined })
	app.addHook('onRequest', async (_request, reply) => {
		reply.headers(rules)
	})
	pageRoutes(app, { identities: { hasOwner: false } })
	for (const path of ['/setup', '/invites/accept']) {
		app.post(path, async (request, reply) => {
			posts.push({ path, body: request.body })
			return answer(request.body as Record<string, string>, reply)
		})
	}
	const url = await app.listen({ host: '127.0.0.1', port: 0 })
	const close = async () => {
		app.server.closeAllConnections()
		await app.close()
	}
	t.teardown(close)
	return { url, posts, close }
}

function refuse(reply: FastifyReply, error: RequestError) {
	return reply
		.code(422)
		.type('application/problem+json')
		.send(Buffer.from(JSON.stringify(problem(error))))
}

/** Runs in the page: fills the form in, sends it, and gives what is shown then. */
function send(fields: Record<string, string>): string {
	return `new Promise((resolve) => {
		const form = document.getElementById('form')
		for (const [name, value] of Object.entries(${JSON.stringify(fields)})) form.elements[name].value = value
		const seen = () => ({
			problem: document.getElementById('problem').innerText,
			focus: document.activeElement.id,
			isCodeShown: !document.getElementById('code-field').hidden,
			isSendable: !document.getElementById('send').disabled,
			joined: document.getElementById('joined').hidden ? '' : document.getElementById('joined').innerText,
		})
		new MutationObserver((_, observer) => {
			if (document.getElementById('send').disabled) return
			observer.disconnect()
			// What the script does in the same turn is done then.
			setTimeout(() => resolve(seen()))
		}).observe(document.getElementById('send'), { attributes: true })
		form.requestSubmit()
	})`
}

const opened = `({
	address: location.href,
	code: document.getElementById('code').value,
	isCodeShown: !document.getElementById('code-field').hidden,
	focus: document.activeElement.id,
})`
const person = { name: 'Ada', password: 'correct horse' }

t.test('the code goes from the link into the form, and out of the address', { skip: noBrowser }, async (t) => {
	const { url, posts } = await startPages(t, (_posted, reply) =>
		reply.code(201).send({ user: 'ada', token: 'trt_once' }),
	)
	const page = await startBrowser(t)
	for (const [path, action] of [
		['/setup', '/setup'],
		['/invite', '/invites/accept'],
	]) {
		await page.open(`${url}${path}?utm=x#tri_abc`)
		t.same(await page.run(opened), { address: url + path, code: 'tri_abc', isCodeShown: false, focus: 'name' })
		const { joined, focus } = (await page.run(send(person))) as { joined: string; focus: string }
		t.same(posts.pop(), { path: action, body: { code: 'tri_abc', ...person } })
		t.match(joined, /You are in, ada[\s\S]*trt_once/)
		t.ok(joined.includes(`curl -d 'hello' -H 'Authorization: Bearer trt_once' ${url}/rooms/general/messages`))
		t.equal(focus, 'welcome')
		t.equal(await page.run(`document.getElementById('password').value`), '', 'the password is not kept')
	}
})

t.test('without a code in the link it is asked for', { skip: noBrowser }, async (t) => {
	const { url, posts } = await startPages(t, (_posted, reply) =>
		reply.code(201).send({ user: 'ada', token: 'trt_once' }),
	)
	const page = await startBrowser(t)
	await page.open(`${url}/setup`)
	t.same(await page.run(opened), { address: `${url}/setup`, code: '', isCodeShown: true, focus: 'code' })
	await page.run(send({ code: ' tru_typed ', ...person }))
	t.same(posts, [{ path: '/setup', body: { code: 'tru_typed', ...person } }])
})

t.test('what is wrong is said beside the form, and can be mended there', { skip: noBrowser }, async (t) => {
	const errors: Record<string, RequestError> = {
		taken: new RequestError('name_invalid', 'That name is taken.', [{ field: 'name', problem: 'choose another' }]),
		code: new RequestError('forbidden', 'That code is not valid.', [{ field: '/code', problem: 'is not valid' }]),
		markup: new RequestError('malformed', '<img src=x onerror=alert(1)>'),
	}
	const { url, close } = await startPages(t, ({ name = '' }, reply) => {
		const error = errors[name]
		return error === undefined ? reply.code(502).type('text/html').send('<h1>Bad gateway</h1>') : refuse(reply, error)
	})
	const page = await startBrowser(t)
	await page.open(`${url}/invite#tri_abc`)
	const told = async (name: string) => page.run(send({ ...person, name }))
	const mendable = { isSendable: true, joined: '' }
	t.match(await told('taken'), { problem: /That name is taken\.\s+name: choose another/, focus: 'name', ...mendable })
	t.equal(await page.run(`document.getElementById('name').getAttribute('aria-invalid')`), 'true')
	t.match(await told('code'), { problem: /^That code is not valid\.$/, focus: 'code', isCodeShown: true, ...mendable })
	t.equal(await page.run(`document.getElementById('name').getAttribute('aria-invalid')`), null)
	t.match(await told('markup'), { problem: '<img src=x onerror=alert(1)>', focus: 'send', ...mendable })
	t.match(await told('proxy'), { problem: 'The server answered 502. Try again.', ...mendable })
	t.equal(await page.run(`document.getElementById('password').value`), person.password)
	await close()
	t.match(await told('nobody'), { problem: /cannot be reached/, focus: 'send', ...mendable })
})
