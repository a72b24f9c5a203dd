import t from 'tap'
import { optionNames } from '../../src/cli/config/schema.ts'
import { nearestTo } from '../../src/cli/suggestion.ts'
import { tailroom } from '../helpers/cli.ts'

t.test('what is misspelt, written otherwise or cut short is found', (t) => {
	const meant = {
		'history-tll': 'history-ttl',
		prot: 'port',
		guest: 'guests',
		publicUrl: 'public-url',
		PUBLIC_URL: 'public-url',
		'trusted-proxies': 'trust-proxy',
		proxy: 'trust-proxy',
		datadir: 'data',
	}
	for (const [unknown, known] of Object.entries(meant)) t.equal(nearestTo(unknown, optionNames), known, unknown)
	t.end()
})

t.test('nothing is guessed where nothing is alike', (t) => {
	for (const unknown of ['verbose', 'bind', 'x', '', 'p'.repeat(100_000)]) {
		t.equal(nearestTo(unknown, optionNames), undefined)
	}
	t.equal(nearestTo('port', []), undefined)
	t.end()
})

t.test('help and version know nothing of anything else', async (t) => {
	t.match(await tailroom(['help', 'serv']), { code: 64, stderr: /no command "serv"\. Did you mean serve\?/ })
	t.match(await tailroom(['version', '--bogus']), { code: 64, stdout: '', stderr: /nothing is known of "--bogus"/ })
})
