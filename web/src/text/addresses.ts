/** The address that a link goes to, if it is one that a link may go to: everything else is not made a link. */
export function addressOf(written: string): URL | undefined {
	// Whole, as it is written: what `URL` would leave out or add, such as a scheme, is no address of somebody honest.
	if (!/^(?:https?:\/\/|mailto:)\S+$/i.test(written)) return undefined
	try {
		return new URL(written)
	} catch {
		return undefined
	}
}

/** Where a link really goes, when what is seen of it looks like another address; else undefined. */
export function unlike(seen: string, url: URL): string | undefined {
	const real = url.protocol === 'mailto:' ? url.pathname : url.host
	const isTrue = wordsOf(seen).every((word) => {
		const said = placeIn(word)
		return said === undefined || withoutWww(said) === withoutWww(real)
	})
	return isTrue ? undefined : real
}

/** As they look, and not as they are written: full-width letters and dots like others, and nothing that is not seen. */
function wordsOf(seen: string): string[] {
	return seen
		.normalize('NFKC')
		.replace(/\p{Cf}/gu, '')
		.replaceAll('。', '.')
		.split(/[\s()[\]{}<>"'`,;|]+/)
}

/** The host, with whoever is named before an `@`, of a word that looks like an address. */
function placeIn(word: string): string | undefined {
	const [, scheme = '', place = ''] = /^((?:[a-z][a-z0-9+.-]*:)?[\\/]{2,}|mailto:)?([^\\/?#]*)/i.exec(word) ?? []
	const isAddress = scheme !== '' || /[\p{L}\p{N}]\.\p{L}{2,}|^\d+(?:\.\d+){3}/u.test(place)
	return isAddress ? place.replace(/[.:!]+$/, '') : undefined
}

function withoutWww(place: string): string {
	return place.toLowerCase().replace(/^www\./, '')
}
