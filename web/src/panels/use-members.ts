import { useEffect, useState } from 'preact/hooks'
import type { Member, MemberRole, StreamFrame } from '../../../src/client/browser.ts'
import { chat, presence, roomNamed, status } from '../state/chat.ts'
import { people } from '../state/people.ts'

/** Somebody in a room. */
export interface Listed {
	userId: string
	/** Undefined: they only visit it. */
	role?: MemberRole
}

/** Who comes and goes together is asked for once. */
const patienceMs = 300

/** Those who belong to a room, and those who visit it just now; undefined until it is known. */
export function useMembers(room: string): Listed[] | undefined {
	const state = roomNamed(room)
	const known = state?.members
	const [asked, setAsked] = useState<readonly Member[]>()
	const [present, setPresent] = useState<readonly string[]>([])
	const isKnown = known !== undefined
	const isLive = status.value.state === 'live'
	useEffect(() => {
		if (!isLive) return
		let isWanted = true
		let timer: ReturnType<typeof setTimeout> | undefined
		const ask = async () => {
			try {
				const [members, { users }] = await Promise.all([isKnown ? undefined : chat.members(room), chat.present(room)])
				if (!isWanted) return
				setAsked(members)
				setPresent(users.map(({ userId }) => userId))
			} catch {
				// The messages say what is wrong.
			}
		}
		void ask()
		const unlisten = chat.listen({
			frame(frame) {
				if (!isAboutPeople(frame, room)) return
				clearTimeout(timer)
				timer = setTimeout(ask, patienceMs)
			},
		})
		return () => {
			isWanted = false
			clearTimeout(timer)
			unlisten()
		}
	}, [room, isKnown, isLive])
	const members = known ?? asked
	if (members === undefined) return undefined
	const names = new Set(members.map(({ userId }) => userId))
	const visitors = new Set([...present, ...(state?.visibility === 'open' ? guestsHere() : [])])
	return [...members, ...[...visitors].filter((name) => !names.has(name)).map((userId) => ({ userId }))]
}

/** A guest in a browser follows all open rooms at once, and is present in none of them by itself. */
function guestsHere(): string[] {
	if (people.value.size === 0) return []
	return [...presence.value.keys()].filter((name) => !people.value.has(name))
}

function isAboutPeople(frame: StreamFrame, room: string): boolean {
	const isPresence = frame.type === 'presence' || frame.type === 'presence_count'
	return (isPresence || frame.type === 'member') && frame.room === room
}
