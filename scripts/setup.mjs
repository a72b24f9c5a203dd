// Installs what is missing before a command runs, and builds the page that the server shows. It is plain
// JavaScript for an old Node, since the Node that Tailroom runs on is itself among the things it installs.
//
// node scripts/setup.mjs run      what `npm start` needs
// node scripts/setup.mjs develop  also the tools for tests, lint and benchmarks
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Major and minor: the first with argon2. */
const nodeMin = [24, 7]
const stampFile = 'node_modules/.tailroom-setup'
const turnFile = '.setup-turn'
/** What the page is made of, and where it is told of what it was made. */
const pageSources = [
	'web/index.html',
	'web/vite.config.ts',
	'web/tsconfig.json',
	'tsconfig.json',
	'web/src',
	'web/public',
	'src/client',
	'src/protocol',
]
const pageStampFile = 'web/dist/.built-from'

const purpose = process.argv[2] === 'develop' ? 'develop' : 'run'
const wanted = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex')

if (!isInstalled() || !isPageBuilt()) {
	takeTurn()
	if (!isInstalled()) install()
	checkNode()
	if (!isPageBuilt()) buildPage()
}
checkNode()

function isInstalled() {
	const [stamp, installedFor] = existsSync(stampFile) ? readFileSync(stampFile, 'utf8').split(' ') : []
	return stamp === wanted && (purpose === 'run' || installedFor === 'develop')
}

function isPageBuilt() {
	return existsSync(pageStampFile) && readFileSync(pageStampFile, 'utf8') === pageFingerprint()
}

function pageFingerprint() {
	const hash = createHash('sha256').update(wanted)
	for (const file of pageSources.flatMap(filesIn)) hash.update(`${file}\n`).update(readFileSync(file))
	return hash.digest('hex')
}

function filesIn(path) {
	const names = statSync(path).isDirectory() ? readdirSync(path).sort() : undefined
	return names?.flatMap((name) => filesIn(join(path, name))) ?? [path]
}

/** Two commands that are started at once must not install into each other's files. It is given back when this one ends. */
function takeTurn() {
	for (let isTold = false; ; isTold = true) {
		try {
			writeFileSync(turnFile, String(process.pid), { flag: 'wx' })
			process.on('exit', () => rmSync(turnFile, { force: true }))
			return
		} catch (error) {
			if (error.code !== 'EEXIST') throw error
		}
		if (!isAnothersTurn()) rmSync(turnFile, { force: true })
		else if (!isTold) process.stderr.write('Another command installs what is needed, and is waited for ...\n')
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
	}
}

/** Who was killed gave nothing back; and in a container the next one may have the same number. */
function isAnothersTurn() {
	try {
		const pid = Number(readFileSync(turnFile, 'utf8'))
		return pid !== process.pid && process.kill(pid, 0)
	} catch (error) {
		return error.code === 'EPERM'
	}
}

function install() {
	process.stderr.write('Installing what Tailroom needs (once) ...\n')
	const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
	if (purpose === 'run') flags.push('--omit=dev')
	runNpm(flags, 'Tailroom needs the npm registry once.')
	if (purpose === 'develop') runNpm(['exec', '--', 'tap', 'build'], 'What tap says above is why.')
	// The scripts replace the shell by the server, so that a signal to npm reaches it. cmd.exe has no
	// such word.
	if (process.platform === 'win32') writeFileSync('node_modules/.bin/exec.cmd', '@%*\r\n')
	writeFileSync(stampFile, `${wanted} ${purpose}`)
}

function buildPage() {
	process.stderr.write('Building the page (once) ...\n')
	runNpm(['exec', '--', 'vite', 'build', 'web', '--logLevel', 'warn'], 'What vite says above is why.')
	writeFileSync(pageStampFile, pageFingerprint())
}

/** `hint` is what may be done about it, where it fails. */
function runNpm(args, hint) {
	// Its output goes to stderr: the first line on stdout belongs to the server's address.
	const npm = process.env.npm_execpath
	const [file, before] = npm ? [process.execPath, [npm]] : ['npm', []]
	const { status } = spawnSync(file, [...before, ...args], { stdio: ['ignore', 2, 2] })
	if (status !== 0) {
		process.stderr.write(`\nCould not run "npm ${args.join(' ')}". ${hint}\n`)
		process.exit(1)
	}
}

/** Where the registry has no Node for this platform, the machine's own must do. */
function checkNode() {
	if (existsSync('node_modules/.bin/node') || existsSync('node_modules/.bin/node.cmd')) return
	const [major, minor] = process.versions.node.split('.').map(Number)
	if (major > nodeMin[0] || (major === nodeMin[0] && minor >= nodeMin[1])) return
	process.stderr.write(
		`Tailroom needs Node ${nodeMin.join('.')} or newer and npm has none for ${process.platform}-${process.arch}. ` +
			`This is Node ${process.versions.node}: install a newer one from your system's packages.\n`,
	)
	process.exit(1)
}
