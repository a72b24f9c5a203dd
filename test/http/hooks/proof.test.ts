import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import t from 'tap'
import { newHookSecret } from '../../../src/http/auth/secrets.ts'
import { provenBy } from '../../../src/http/hooks/proof.ts'

const now = 1_790_000_000_000
const secret = newHookSecret()
const body = Buffer.from('{"a":"é"}')
const proved = (headers: IncomingHttpHeaders, changes: { body?: Buffer; inUrl?: string; now?: number } = {}) =>
	provenBy(secret, { headers, body, inUrl: undefined, now, ...changes }) !== undefined
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })

t.test('a secret is as Standard Webhooks has it, and fits an address', async (t) => {
	t.match(secret, /^whsec_[0-9A-Za-z]{32}$/)
	const key = secret.slice('whsec_'.length)
	t.equal(Buffer.from(key, 'base64').toString('base64'), key, '24 bytes in Base64')
	t.not(newHookSecret(), secret)
})

t.test('the secret itself proves it: as Bearer, as a password, in the address', async (t) => {
	for (const authorization of [`Bearer ${secret}`, `bearer   ${secret}`]) t.ok(proved({ authorization }))
	for (const text of [`hook:${secret}`, `:${secret}`]) t.ok(proved(basic(text)), text)
	t.ok(proved({}, { inUrl: secret }))
	t.ok(proved({ authorization: 'Bearer of another server' }, { inUrl: secret }), 'one of them is enough')
	for (const authorization of [
		'',
		'Bearer',
		`Bearer ${secret}x`,
		`Bearer ${secret.slice(0, -1)}`,
		secret,
		`Token ${secret}`,
	]) {
		t.notOk(proved({ authorization }), authorization)
	}
	for (const text of [secret, `${secret}:`, `hook:${secret}:`, ':', '']) t.notOk(proved(basic(text)), text)
	for (const inUrl of ['', 'x', secret.toLowerCase()]) t.notOk(proved({}, { inUrl }))
	t.notOk(proved({}))
	t.notOk(proved({ cookie: `tailroom=${secret}` }))
})

t.test('GitHub’s signature is over the very bytes', async (t) => {
	const sign = (by: string) => `sha256=${createHmac('sha256', by).update(body).digest('hex')}`
	t.ok(proved({ 'x-hub-signature-256': sign(secret) }))
	t.notOk(proved({ 'x-hub-signature-256': sign(secret) }, { body: Buffer.from('{"a": "é"}') }))
	for (const forged of [sign('another'), sign(''), sign(secret).toUpperCase(), sign(secret).slice(7), 'sha256=', '']) {
		t.notOk(proved({ 'x-hub-signature-256': forged }), forged)
	}
})

t.test('a signature of Standard Webhooks is over the id, the time and the body', async (t) => {
	const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
	const seconds = now / 1_000
	const headers = (changes: { id?: string; time?: number | string; by?: Buffer | string } = {}) => {
		const { id = 'msg_1', time = seconds, by = key } = changes
		const signature = createHmac('sha256', by).update(`${id}.${time}.`).update(body).digest('base64')
		return { 'webhook-id': id, 'webhook-timestamp': String(time), 'webhook-signature': `v1,${signature}` }
	}
	t.ok(proved(headers()))
	for (const time of [seconds - 300, seconds + 300]) t.ok(proved(headers({ time })), `${time - seconds} s`)
	for (const time of [seconds - 301, seconds + 301, 0, -1, 1e15, 'x', '', `${seconds}.0`, now]) {
		t.notOk(proved(headers({ time })), `the time ${time}`)
	}
	const signed = headers()
	t.ok(proved({ ...signed, 'webhook-signature': `v1a,x v1,wrong ${signed['webhook-signature']}` }), 'one of several')
	t.notOk(proved({ ...signed, 'webhook-id': 'msg_2' }), 'another id')
	t.notOk(proved({ ...signed, 'webhook-timestamp': String(seconds + 1) }), 'another time')
	t.notOk(proved(signed, { body: Buffer.from('{}') }), 'another body')
	t.notOk(proved(headers({ by: secret })), 'the key is decoded')
	t.notOk(proved(headers({ by: '' })))
	for (const name of Object.keys(signed)) t.notOk(proved({ ...signed, [name]: undefined }), `without ${name}`)
	for (const forged of [
		'',
		'v1,',
		signed['webhook-signature'].slice(3),
		signed['webhook-signature'].replace('v1', 'v2'),
	]) {
		t.notOk(proved({ ...signed, 'webhook-signature': forged }), forged)
	}
})

t.test('the example of the specification’s own libraries is accepted', async (t) => {
	// The key, message and signature that its libraries are tested by.
	const headers = {
		'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
		'webhook-timestamp': '1614265330',
		'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
	}
	const example = { headers, body: Buffer.from('{"test": 2432232314}'), inUrl: undefined, now: 1_614_265_330_000 }
	t.ok(provenBy('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', example), 'id and body') !== undefined
})
