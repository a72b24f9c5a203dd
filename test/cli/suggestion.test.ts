import t from 'tap'
import { optionNames } from '../../src/cli/config/schema.ts'
import { nearestTo } from '../../src/cli/suggestion.ts'

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
