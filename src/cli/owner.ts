import { statSync } from 'node:fs'

/**
 * Who may do everything acts on a data directory as its owner: the server could not open what root makes there. Does
 * nothing where the directory is root's own, or is not there yet. Of groups it has the directory's alone.
 */
export function actAsOwner(directory: string): void {
	if (process.getuid?.() !== 0) return
	const { uid, gid } = statSync(directory, { throwIfNoEntry: false }) ?? { uid: 0, gid: 0 }
	if (uid === 0) return
	process.setgroups?.([gid])
	process.setgid?.(gid)
	process.setuid?.(uid)
}
