import { UsageError } from '../command.ts'

/** What people are called, as servers have it. Nothing else can be a name, whoever says so. */
export const userNamePattern: RegExp = /^[a-z0-9][a-z0-9._-]{0,31}$/

/** A name as people write it, as servers know it. */
export function userNamed(text: string): string {
	const name = text.trim().toLowerCase()
	if (userNamePattern.test(name)) return name
	throw new UsageError('--as is a name: 1 to 32 of a-z, 0-9, ".", "_" and "-", beginning with a letter or a digit')
}
