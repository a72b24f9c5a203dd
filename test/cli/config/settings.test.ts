import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readServeConfig } from '../../../src/cli/config/flags.ts'
import { optionNames, serveOptions } from '../../../src/cli/config/schema.ts'
import { dataDirectory } from '../../../src/cli/data-directory.ts'
import { isMistake } from '../../helpers/cli.ts'
import { temporaryDirectory } from '../../helpers/directory.ts'

/** The path of a config file with this in it. */
function configFile(t: Test, content: object | string): string {
	const path = join(temporaryDirectory(t), 'config.json')
	writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
	return path
}

t.test('nothing is needed', (t) => {
	const { port, host, data, guests, ...others } = readServeConfig([], {})
	t.same({ port, host, data, guests }, { port: 8080, host: '127.0.0.1', data: './data', guests: false })
	t.equal(others['presence-grace'], 5_000)
	t.equal(others['history-ttl'], 0)
	t.equal(others['rate-limit'], undefined)
	t.end()
})

t.test('a flag counts before a variable, TAILROOM_PORT before PORT, and all before the file', (t) => {
	const file = configFile(t, { port: 1, host: '::1', guests: true })
	const port = (args: string[], environment = {}) => readServeConfig(args, environment).port
	t.equal(port(['--port', '4', '--config', file], { TAILROOM_PORT: '3', PORT: '2' }), 4)
	t.equal(port(['--config', file], { TAILROOM_PORT: '3', PORT: '2' }), 3)
	t.equal(port(['--config', file], { PORT: '2' }), 2)
	t.equal(port(['--config', file]), 1)
	t.equal(port([], { TAILROOM_CONFIG: file }), 1)
	t.equal(port(['--config', configFile(t, {})], { TAILROOM_CONFIG: file }), 8080, 'one file, never two')
	t.equal(port([], { TAILROOM_PORT: '', PORT: '2', TAILROOM_CONFIG: '' }), 2, 'what is empty is not given')
	t.end()
})

t.test('a file has numbers, booleans, texts, lists and times', (t) => {
	const file = configFile(t, {
		'rate-limit': 0,
		guests: true,
		'public-url': 'https://chat.example.org',
		'trust-proxy': ['10.0.0.0/8', '::1'],
		'webhook-networks': '127.0.0.1, 10.0.0.0/8',
		'history-ttl': '30d',
		'presence-grace': 7,
	})
	t.match(readServeConfig(['--config', file], {}), {
		'rate-limit': 0,
		guests: true,
		'public-url': new URL('https://chat.example.org'),
		'trust-proxy': ['10.0.0.0/8', '::1'],
		'webhook-networks': ['127.0.0.1', '10.0.0.0/8'],
		'history-ttl': 30 * 86_400_000,
		'presence-grace': 7_000,
	})
	t.equal(
		readServeConfig(['--config', configFile(t, '\ufeff{"port":1}')], {}).port,
		1,
		'as editors of Windows write it',
	)
	t.end()
})

t.test('what is wrong in a file is said with its key and the path', async (t) => {
	const wrong: [object | string, RegExp][] = [
		[{ port: '8080' }, /^"port" in .*config\.json: must be a number, without quotes, not "8080"$/],
		[{ port: null }, /must be a number/],
		[{ port: 1.5 }, /^"port" in .*config\.json: must be a whole number/],
		[{ port: 70_000 }, /from 0 to 65535/],
		[{ guests: 'true' }, /must be true or false, without quotes/],
		[{ guests: 1 }, /must be true or false/],
		[{ host: 127 }, /must be a text/],
		[{ data: ['x'] }, /must be a text/],
		[{ 'trust-proxy': [10] }, /must be an array of texts/],
		[{ 'trust-proxy': ['10.0.0.0/33'] }, /must be addresses/],
		[{ 'history-ttl': true }, /must be a text in quotes, such as "12h"/],
		[{ 'history-ttl': 30 }, /needs a unit/],
		[{ historyTtl: '30d' }, /no option "historyTtl" \(in .*config\.json\)\. Did you mean history-ttl\?/],
		[{ config: 'x' }, /no option "config"/],
		[{ verbose: true }, /no option "verbose" .* There are: port, host/],
		['{"port":8080', /cannot read the config file .*config\.json: /],
		['', /cannot read the config file/],
		['[]', /is not a JSON object/],
		['"port"', /is not a JSON object/],
		['null', /is not a JSON object/],
		[`{"host":"${'x'.repeat(70_000)}"}`, /it is larger than 64 KiB/],
	]
	for (const [content, says] of wrong) {
		const file = configFile(t, content)
		await isMistake(t, () => readServeConfig(['--config', file], {}), says)
	}
	const several = configFile(t, '{"port":"1","guests":1,"hots":"::1","data":"a","data":"b\\":"}')
	const all = /^"data" stands more than once in .*; "port" in .*; "guests" in .*; there is no option "hots"/
	await isMistake(t, () => readServeConfig(['--config', several], { TAILROOM_X: '1' }), /no variable TAILROOM_X/)
	await isMistake(t, () => readServeConfig(['--config', several], {}), all)
	await isMistake(t, () => readServeConfig([], { PORT: 'x', TAILROOM_GUESTS: 'y' }), /^PORT: .*; TAILROOM_GUESTS: /)
	await isMistake(t, () => readServeConfig(['--config', '/nowhere/config.json'], {}), /\/nowhere\/config\.json: ENOENT/)
	await isMistake(t, () => readServeConfig(['--config', '/dev/zero'], {}), /larger than 64 KiB/)
})

t.test('what is unknown is an error that says what may have been meant', async (t) => {
	const serve =
		(args: string[], environment = {}) =>
		() =>
			readServeConfig(args, environment)
	await isMistake(t, serve(['--history-tll', '3d']), /no option --history-tll\. Did you mean --history-ttl\?/)
	await isMistake(t, serve(['--no-guests']), /no option --no-guests/)
	await isMistake(t, serve(['--verbose']), /no option --verbose\. --help says/)
	await isMistake(t, serve(['general']), /nothing is known of "general"/)
	await isMistake(t, serve(['--port', 'http']), /^--port: must be a whole number .* not "http"$/)
	await isMistake(t, serve([], { TAILROOM_TRUST_PROXY: 'proxy' }), /^TAILROOM_TRUST_PROXY: must be addresses/)
	const misspelt = { TAILROOM_HISTORY_TLL: '3d' }
	await isMistake(t, serve([], misspelt), /no variable TAILROOM_HISTORY_TLL\. Did you mean TAILROOM_HISTORY_TTL\?/)
	await isMistake(t, () => dataDirectory({}, { TAILROOM_DATEN: 'x' }), /Did you mean TAILROOM_DATA\?/)
	const file = configFile(t, { dir: '/srv/chat' })
	await isMistake(t, () => dataDirectory({}, { TAILROOM_CONFIG: file }), /no option "dir"/)
	await isMistake(t, serve([], { TAILROOM_FOO: '1' }), /no variable TAILROOM_FOO\. Take it out/)
	await isMistake(t, serve([], { TAILROOM_PORT_8080_TCP_ADDR: '10.0.0.1' }), /enableServiceLinks: false/)
	await isMistake(t, serve([], { TAILROOM_SERVICE_HOST: '10.0.0.1' }), /enableServiceLinks: false/)
	t.ok(serve([], { TAILROOM_URL: 'http://x', TAILROOM_TOKEN: 'x', tailroom_x: '1' })(), 'others may be there')
})

t.test('an address of the server is one alone', async (t) => {
	const told = (url: string) => readServeConfig(['--public-url', url], {})['public-url']?.href
	for (const url of [
		'https://chat.example.org',
		'http://[::1]:9000/',
		'http://chat_1:80',
		'https://b\u00fccher.example',
	]) {
		t.ok(told(url), url)
	}
	for (const end of ['u:p@x', 'u@x', '*', '*.x.org', 'x.org?', 'x.org/?a', 'x.org#', 'x.org/chat', '']) {
		await isMistake(t, () => told(`https://${end}`), /^--public-url: must be an address like/)
	}
	await isMistake(t, () => told('ftp://x.org'), /must be an address like/)
})

t.test('a value that begins with a dash, and one that is missing', async (t) => {
	const serve = (...args: string[]) => isMistake.bind(undefined, t, () => readServeConfig(args, {}))
	await serve('--port', '-1')(/^--port: must be a whole number from 0 to 65535, not "-1"$/)
	await serve('--port', '1', '--rate-limit', '-5')(/^--rate-limit: must be .* not "-5"$/)
	await serve('--port', '--guests')(/^the value of --port is missing; .* is written --port=--guests$/)
	await serve('--guests', '--port')(/^the value of --port is missing$/)
	t.equal(readServeConfig(['--data', '-', '--port=1'], {}).data, '-')
	t.equal(readServeConfig(['--data=-1'], {}).data, '-1')
})

t.test('a config file can be a pipe, but nobody waits for ever', async (t) => {
	const pipe = join(temporaryDirectory(t), 'pipe')
	execFileSync('mkfifo', [pipe])
	await isMistake(t, () => readServeConfig(['--config', pipe], {}), /cannot read the config file .*pipe/)
	const writer = openSync(pipe, 'r+')
	writeSync(writer, '{"port":9')
	const later = spawn('sh', ['-c', `sleep 0.1; printf '000}' >&3`], { stdio: ['ignore', 'ignore', 'ignore', writer] })
	closeSync(writer)
	t.equal(readServeConfig(['--config', pipe], {}).port, 9000)
	await once(later, 'exit')
})

t.test('commands find the directory of a server that is told the same', (t) => {
	const file = configFile(t, { data: 'here', port: 1 })
	const here = join(file, '..', 'here')
	t.equal(dataDirectory({}, {}), './data')
	t.equal(dataDirectory({ config: file }, {}), here, 'from the folder of the file on')
	t.equal(dataDirectory({}, { TAILROOM_CONFIG: file }), here)
	t.equal(dataDirectory({}, { TAILROOM_CONFIG: file, TAILROOM_DATA: 'there' }), 'there')
	t.equal(dataDirectory({ data: 'x' }, { TAILROOM_CONFIG: file, TAILROOM_DATA: 'there' }), 'x')
	const another = configFile(t, { data: '/srv/chat', port: 70_000 })
	t.equal(dataDirectory({ config: another }, { PORT: 'web' }), '/srv/chat', 'what else is said is not looked at')
	for (const environment of [{}, { TAILROOM_DATA: '/there' }]) {
		t.equal(readServeConfig(['--config', file], environment).data, dataDirectory({ config: file }, environment))
	}
	t.end()
})

t.test('no option is a secret, for all are printed', (t) => {
	t.notMatch(optionNames.join(' '), /secret|password|token|\bkey\b|code/)
	for (const { fallback, parse } of Object.values(serveOptions)) {
		if (fallback !== undefined) t.doesNotThrow(() => parse(fallback))
	}
	t.end()
})
