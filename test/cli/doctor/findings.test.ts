import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { type Finding, size } from '../../../src/cli/doctor/check.ts'
import { modeFinding, ownerFinding } from '../../../src/cli/doctor/directory.ts'
import { diskSpaceFinding, fileSystemFinding, fileSystemOf } from '../../../src/cli/doctor/disk.ts'
import { clockFinding, walFinding } from '../../../src/cli/doctor/log.ts'
import { nodeFinding, nodeMin, openFilesFinding } from '../../../src/cli/doctor/machine.ts'
import { addressFinding, keepingFinding, limitsFinding, proxyFinding } from '../../../src/cli/doctor/settings.ts'
import { backlogFinding } from '../../../src/cli/doctor/views.ts'
import { checkout } from '../../helpers/checkout.ts'

const mib = 1024 * 1024

/** What is found, and what of it must be said. */
type Expected = [finding: Finding | undefined, state: Finding['state'] | undefined, says?: RegExp]

function check(t: Test, expected: readonly Expected[]): void {
	for (const [finding, state, says] of expected) {
		t.equal(finding?.state, state, finding?.says ?? 'nothing to say')
		if (says !== undefined) t.match(finding?.says, says)
	}
	t.end()
}

t.test('the version of Node', (t) => {
	t.equal(JSON.parse(readFileSync(`${checkout}package.json`, 'utf8')).engines.node, `>=${nodeMin}`)
	check(t, [
		[nodeFinding('26.10.0'), 'ok'],
		[nodeFinding('24.7.0'), 'ok'],
		[nodeFinding('24.6.9'), 'problem', /needs 24\.7/],
		[nodeFinding('20.19.2'), 'problem'],
	])
})

t.test('the limit of open files', (t) => {
	const limits = (soft: string, hard: string) => {
		return openFilesFinding(
			`Max file locks            unlimited  unlimited  locks\nMax open files            ${soft}  ${hard}  files\n`,
		)
	}
	check(t, [
		[limits('1024', '524288'), 'ok', /524288/],
		[limits('1024', '1024'), 'warning', /LimitNOFILE=/],
		[limits('unlimited', 'unlimited'), 'ok'],
		[openFilesFinding(''), undefined],
	])
})

t.test('who may look into the directory', (t) => {
	const file = (mode: number) => [{ name: 'log.db', stats: { mode: 0o100000 | mode, uid: 0 } }]
	check(t, [
		[modeFinding('/d', 0o40700, file(0o644)), 'ok'],
		[modeFinding('/d', 0o40755, file(0o600)), 'warning', /0755\): chmod 700 \/d$/],
		[modeFinding('/d', 0o40744, file(0o644)), 'warning'],
		[modeFinding('/d', 0o40755, file(0o640)), 'problem', /read log\.db/],
		[modeFinding('/d', 0o40770, file(0o600)), 'problem', /exchange/],
		[modeFinding('/d', 0o41777, []), 'problem'],
	])
})

t.test('whose the directory is', (t) => {
	const file = (name: string, uid: number) => ({ name, stats: { mode: 0o600, uid } })
	check(t, [
		[ownerFinding('/d', 998, [file('log.db', 998)], 998), 'ok'],
		[ownerFinding('/d', 998, [file('log.db', 998)], 0), 'warning', /user 998, and this is user 0/],
		[
			ownerFinding('/d', 998, [file('log.db', 998), file('log.db-wal', 0)], 0),
			'problem',
			/chown 998 \/d\/log\.db-wal$/,
		],
	])
})

t.test('the kind of file system', (t) => {
	const mounts = `overlay / overlay rw 0 0
proc /proc proc rw 0 0
/dev/sda1 /srv ext4 rw 0 0
nas:/chat /srv/my\\040chat nfs4 rw 0 0
tmpfs /run tmpfs rw 0 0
/dev/sdb1 /run xfs rw 0 0
`
	const kinds = {
		'/srv/data': 'ext4',
		'/srv': 'ext4',
		'/srvdata': 'overlay',
		'/srv/my chat/data': 'nfs4',
		'/run/x': 'xfs',
	}
	for (const [path, kind] of Object.entries(kinds)) t.equal(fileSystemOf(path, mounts), kind, path)
	t.equal(fileSystemOf('/srv', ''), undefined)
	check(t, [
		[fileSystemFinding('ext4'), 'ok'],
		[fileSystemFinding('zfs'), 'ok'],
		[fileSystemFinding('nfs4'), 'problem', /move it to a disk/],
		[fileSystemFinding('cifs'), 'problem'],
		[fileSystemFinding('fuse.sshfs'), 'problem'],
		[fileSystemFinding('overlay'), 'warning', /volume/],
		[fileSystemFinding('tmpfs'), 'warning'],
		[fileSystemFinding(undefined), undefined],
	])
})

t.test('the room on the disk', (t) => {
	t.same([0, 1023, 1024, 5 * mib].map(size), ['0 bytes', '1023 bytes', '1 KiB', '5 MiB'])
	check(t, [
		[diskSpaceFinding(75 * 1024 * mib, 12 * mib), 'ok', /75 GiB are free, and the log has 12 MiB/],
		[diskSpaceFinding(500 * mib, 600 * mib), 'warning', /update/],
		[diskSpaceFinding(63 * mib, 0), 'problem', /refused/],
	])
})

t.test('the clock', (t) => {
	const now = Date.UTC(2026, 10, 22)
	check(t, [
		[clockFinding(undefined, now), 'ok'],
		[clockFinding(now - 1, now), 'ok'],
		[clockFinding(now + 30_000, now), 'ok'],
		[clockFinding(now + 120_000, now), 'problem', /2026-11-22T00:02:00/],
		[clockFinding(undefined, Date.UTC(1970, 0, 1)), 'problem', /set it/],
	])
})

t.test('the write-ahead log', (t) => {
	check(t, [
		[walFinding(4 * mib, 'answering'), 'ok'],
		[walFinding(100 * mib, 'answering'), 'warning', /end it/],
		[walFinding(100 * mib, 'absent'), 'ok', /next start/],
		[walFinding(0, 'absent'), 'ok', /^0 bytes/],
	])
})

t.test('how far the views are', (t) => {
	check(t, [
		[backlogFinding(0, false), 'ok'],
		[backlogFinding(5_000, false), 'ok', /next start catches up/],
		[backlogFinding(5, true), 'ok'],
		[backlogFinding(5_000, true), 'warning'],
	])
})

t.test('how people come', (t) => {
	const url = (text: string) => new URL(text)
	check(t, [
		[addressFinding('127.0.0.1', undefined), 'ok'],
		[addressFinding('::1', undefined), 'ok'],
		[addressFinding('0.0.0.0', undefined), 'warning', /--public-url/],
		[addressFinding('0.0.0.0', url('https://chat.example.org')), 'ok'],
		[addressFinding('127.0.0.1', url('http://chat.example.org')), 'warning', /certificate/],
		[addressFinding('127.0.0.1', url('http://127.0.0.1:9000')), 'ok'],
		[addressFinding('127.0.0.1', url('http://[::1]:9000')), 'ok'],
		[addressFinding('127.0.0.1', url('http://127.example.org')), 'warning'],
		[addressFinding(undefined, undefined), undefined],
		[proxyFinding({}), undefined],
		[proxyFinding({ 'public-url': url('http://localhost:9000') }), undefined],
		[proxyFinding({ 'public-url': url('https://chat.example.org') }), 'warning', /--trust-proxy/],
		[proxyFinding({ 'public-url': url('https://chat.example.org'), 'trust-proxy': ['10.0.0.0/8'] }), 'ok'],
		[proxyFinding({ 'trust-proxy': ['10.0.0.1', '::/0'] }), 'problem', /::\/0 believes everybody/],
	])
})

t.test('what is seldom meant', (t) => {
	const open = { guests: true, 'rate-limit': 0 }
	check(t, [
		[proxyFinding({ 'trust-proxy': ['0.0.0.0/1', '128.0.0.0/1'] }), 'problem', /a large part of the world/],
		[proxyFinding({ 'trust-proxy': ['10.0.0.0/8', 'fc00::/7', '::1'] }), undefined],
		[limitsFinding({ host: '127.0.0.1', ...open }), undefined],
		[limitsFinding({ host: '0.0.0.0', ...open }), 'warning', /--guests\), and .*--rate-limit 0/],
		[limitsFinding({ host: '127.0.0.1', 'public-url': new URL('https://x.org'), guests: true }), 'warning', /x\.org/],
		[limitsFinding({ host: '0.0.0.0', guests: false, 'rate-limit': undefined }), undefined],
		[keepingFinding(0), undefined],
		[keepingFinding(3_600_000), undefined],
		[keepingFinding(30_000), 'warning', /after 30 s/],
	])
})
