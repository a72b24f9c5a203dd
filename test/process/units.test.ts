import { readFileSync } from 'node:fs'
import t from 'tap'

/** What a unit sets, without what only one of the two needs. */
function settings(unit: string): Set<string> {
	const lines = readFileSync(new URL(`../../deploy/${unit}.service`, import.meta.url), 'utf8').split('\n')
	const own = /^(#|\[|$)|^(Description|After|Wants|ExecStart|Restart|RestartSec|TimeoutStopSec|LimitNOFILE)=/
	return new Set(lines.filter((line) => !own.test(line)))
}

t.test('what makes backups may do no more than the server, and finds the log where the server does', (t) => {
	const backups = settings('tailroom-backup')
	const missing = [...settings('tailroom')].filter((line) => !backups.has(line))
	t.same(missing, [
		// It writes to two directories, and makes neither; and it has no network.
		'StateDirectory=tailroom',
		'StateDirectoryMode=0700',
		'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX',
	])
	t.ok(backups.has('PrivateNetwork=yes'))
	t.end()
})
