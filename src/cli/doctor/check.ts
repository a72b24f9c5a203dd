import type { OptionName, ValueOf } from '../config/schema.ts'

/** Whether it may stay so: a warning is told, and a problem is for somebody to mend. */
export type State = 'ok' | 'warning' | 'problem'

/** What was found: one sentence that says what is so, and what to do about it unless it is well. */
export interface Finding {
	state: State
	says: string
}

/** One thing that is looked at. Nothing of what is looked at is changed, and no server notices it. */
export interface Check {
	name: string
	/** Undefined: there is nothing to look at, here or on this system. What it throws is told as a problem. */
	look(installation: Installation): Finding | undefined | Promise<Finding | undefined>
}

/** What the checks look at. */
export interface Installation {
	/** Its whole path. */
	directory: string
	/** What a server would be told; undefined where nothing is set, or what is set means nothing. */
	settings: { readonly [Name in OptionName]?: ValueOf<Name> | undefined }
	/** What is wrong with what it is told. */
	mistakes: readonly string[]
	server: ServerState
}

/** Whether a server runs on a directory, and how it is. */
export type ServerState =
	/** Nobody has the directory. */
	| { is: 'absent' }
	/** A server answers at the control socket; `status` is what it says of itself at /readyz. */
	| { is: 'answering'; status: string }
	/** Somebody has the directory, and nobody answers. */
	| { is: 'silent' }
	/** It cannot be known, as by who may not look into the directory. */
	| { is: 'unknown'; why: string }

export function ok(says: string): Finding {
	return { state: 'ok', says }
}

export function warning(says: string): Finding {
	return { state: 'warning', says }
}

export function problem(says: string): Finding {
	return { state: 'problem', says }
}

/** A size as people read it, such as `12 MiB`. */
export function size(bytes: number): string {
	const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']
	const unit = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
	return `${Math.round(bytes / 1024 ** unit)} ${units[unit]}`
}
