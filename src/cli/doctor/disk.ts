import { existsSync, readFileSync, realpathSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Check, type Finding, ok, problem, size, warning } from './check.ts'

export const fileSystemCheck: Check = {
	name: 'file system',
	look({ directory }) {
		if (!existsSync(directory) || !existsSync('/proc/mounts')) return undefined
		return fileSystemFinding(fileSystemOf(realpathSync(directory), readFileSync('/proc/mounts', 'utf8')))
	},
}

/** The kind of file system that a path lies on; `mounts` is as `/proc/mounts`. */
export function fileSystemOf(path: string, mounts: string): string | undefined {
	let found: { point: string; kind: string } | undefined
	for (const line of mounts.split('\n')) {
		const [, escaped = '', kind = ''] = line.split(' ')
		// Blanks and the like are written as \040.
		const point = escaped.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)))
		const holds = point === '/' || path === point || path.startsWith(`${point}/`)
		// What is mounted later lies over what was there.
		if (point !== '' && holds && point.length >= (found?.point.length ?? 0)) found = { point, kind }
	}
	return found?.kind
}

/** Several machines may write there, and the locks and the shared memory that SQLite needs do not hold among them. */
const networked =
	/^(nfs[0-9]*|cifs|smb[0-9]*|smbfs|9p|afs|ceph|glusterfs|lustre|gfs2?|ocfs2|beegfs|fuse\.(sshfs|glusterfs|ceph.*|s3fs|rclone|davfs.*|gcsfuse))$/

export function fileSystemFinding(kind: string | undefined): Finding | undefined {
	if (kind === undefined) return undefined
	if (networked.test(kind)) {
		return problem(
			`The data directory lies on ${kind}, where SQLite's locks do not hold and a log can be damaged: move it to a disk ` +
				'of this machine',
		)
	}
	if (kind === 'overlay') {
		return warning('The data directory lies in the container itself, and is gone with it: mount a volume there')
	}
	if (kind === 'tmpfs' || kind === 'ramfs') {
		return warning(`The data directory lies in memory (${kind}), and is gone when the machine stops: move it to a disk`)
	}
	return ok(`The data directory lies on ${kind}`)
}

export const diskSpaceCheck: Check = {
	name: 'disk space',
	look({ directory }) {
		if (!existsSync(directory)) return undefined
		const { bavail, bsize } = statfsSync(directory)
		const log = statSync(join(directory, 'log.db'), { throwIfNoEntry: false })?.size ?? 0
		return diskSpaceFinding(bavail * bsize, log)
	},
}

/** Less is used up by one rebuild, or one busy hour: then posts are refused. */
const freeBytesMin = 64 * 1024 * 1024

export function diskSpaceFinding(free: number, log: number): Finding {
	const facts = `${size(free)} are free, and the log has ${size(log)}`
	if (free < freeBytesMin) return problem(`${facts}: make room, or posts are refused soon`)
	// Views that are built beside others take a third of the log, an index of the search about as much.
	if (free < log)
		return warning(`${facts}: an update may not have the room to build its views; make room for as much again`)
	return ok(facts)
}
