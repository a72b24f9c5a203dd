import { effect } from '@preact/signals'
import type { StreamFrame } from '../../../src/client/browser.ts'
import { chat, isOpen } from './chat.ts'

/** Names that erased people have from now on, of whom it is known. */
const known = new Set<string>()
const followers = new Set<() => void>()

/**
 * Tells when somebody was erased, once for each, until the returned function is called. No frame tells the name that
 * they had, or which messages were theirs: what is here of them has to be read again.
 */
export function followErased(told: () => void): () => void {
	followers.add(told)
	return () => followers.delete(told)
}

effect(() => {
	if (isOpen.value) return chat.listen({ frame: hear })
})

function hear(frame: StreamFrame): void {
	const { userId, sender, by, room } = frame as { userId?: string; sender?: string; by?: string; room?: string }
	const name = [userId, sender, by, room?.replace('@', '')].find((name) => /^erased-\d/.test(name ?? ''))
	if (name === undefined || known.has(name)) return
	known.add(name)
	for (const told of followers) told()
}
