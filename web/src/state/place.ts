import { computed, signal } from '@preact/signals'

/** Where one is in the app: what the address says. */
export type Place =
	| { at: 'setup' | 'invite' }
	/** At no address of the app. */
	| { at: 'nowhere' }
	/** The list of rooms alone, on a phone. */
	| { at: 'rooms' }
	| { at: 'room'; room: string; sequence?: number; moment?: number; thread?: string }
	/** An empty section is the list of them. */
	| { at: 'settings'; section: string }

const address = signal(location.pathname + location.search)

addEventListener('popstate', () => {
	address.value = location.pathname + location.search
})

/** A link within the app changes the place, and loads nothing. */
addEventListener('click', (event) => {
	if (event.defaultPrevented || event.button !== 0) return
	if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
	const link = (event.target as Element).closest?.('a[href^="/"]')
	if (!(link instanceof HTMLAnchorElement) || link.target === '_blank') return
	event.preventDefault()
	go(link.pathname + link.search, { stays: opensThread(link) })
})

export const place = computed<Place>(() => placeAt(address.value))

/** How often somebody went somewhere, also to where they are: to a message once more, for example. */
export const arrivals = signal(0)

/**
 * Goes to an address of the app. With `replace`, back does not lead here again; with `stays`, it is where one is, and only
 * what is beside it is another.
 */
export function go(to: string, { replace = false, stays = false } = {}): void {
	if (!stays) arrivals.value += 1
	if (to === address.value) return
	if (replace) history.replaceState(null, '', to)
	else history.pushState(null, '', to)
	address.value = to
}

/** The address of a room, of a message in it, of it as it was, or of a thread. */
export function addressOf(
	room: string,
	{
		sequence,
		moment,
		thread,
	}: { sequence?: number | undefined; moment?: number | undefined; thread?: string | undefined } = {},
): string {
	const query = new URLSearchParams()
	if (moment !== undefined) query.set('at', String(moment))
	if (thread !== undefined) query.set('thread', thread)
	const path = `/chat/${encodeURIComponent(room).replace('%40', '@')}${sequence === undefined ? '' : `/${sequence}`}`
	return query.size === 0 ? path : `${path}?${query}`
}

/** Whether a link leads from a message that is read to its thread, which opens beside it. */
function opensThread({ pathname, search }: HTMLAnchorElement): boolean {
	return pathname === location.pathname && new URLSearchParams(search).has('thread')
}

/** The room that was shown last: where one begins. */
export const lastRoom = {
	get: (): string => localStorage.getItem('tailroom-last-room') ?? 'general',
	set: (room: string): void => localStorage.setItem('tailroom-last-room', room),
	/** Its name may be nothing for who comes next. */
	forget: (): void => localStorage.removeItem('tailroom-last-room'),
}

function placeAt(address: string): Place {
	const { pathname, searchParams } = new URL(address, location.origin)
	const [head = '', first, second] = pathname.slice(1).split('/').map(decoded)
	if ((head === 'setup' || head === 'invite') && !first) return { at: head }
	if (head === 'settings') return { at: 'settings', section: first ?? '' }
	if (head !== '' && head !== 'chat') return { at: 'nowhere' }
	// Named as in a request: however it was typed.
	const room = head === 'chat' ? (first ?? '').trim().toLowerCase() : lastRoom.get()
	if (room === '') return { at: 'rooms' }
	const thread = searchParams.get('thread')
	const sequence = wholeNumber(second)
	const moment = wholeNumber(searchParams.get('at'))
	return {
		at: 'room',
		room,
		...(sequence === undefined ? {} : { sequence }),
		...(moment === undefined ? {} : { moment }),
		...(thread === null ? {} : { thread }),
	}
}

function decoded(part: string): string {
	try {
		return decodeURIComponent(part)
	} catch {
		return part
	}
}

function wholeNumber(text: string | null | undefined): number | undefined {
	return text && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
