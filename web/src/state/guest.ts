const key = 'tailroom-guest'

/** The name under which one is a guest here; undefined for who has chosen none. */
export function guestName(): string | undefined {
	return localStorage.getItem(key) ?? undefined
}

/** Comes in under another name, or with an account. */
export function setGuestName(name: string | undefined): void {
	if (name === undefined) localStorage.removeItem(key)
	else localStorage.setItem(key, name)
}
