import { UsageError } from '../command.ts'

export const addressDefault = 'http://127.0.0.1:8080'

/**
 * The address of a server, as its client wants it. Without a scheme it is HTTPS, but on one's own machine, where servers
 * have none.
 */
export function parseAddress(text: string): string {
	const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
	const url = URL.parse(hasScheme ? text : `${isLocal(text) ? 'http' : 'https'}://${text}`)
	if (url === null || !/^https?:$/.test(url.protocol)) {
		throw new UsageError(`"${text}" is not the address of a server, such as https://chat.example.org`)
	}
	if (url.username !== '' || url.password !== '') {
		throw new UsageError('no names or passwords in an address, where others see them: sign in with tailroom chat')
	}
	return `${url.origin}${url.pathname}`.replace(/\/$/, '')
}

function isLocal(text: string): boolean {
	return /^(localhost|127\.[0-9.]+|\[::1\])(:|\/|$)/.test(text)
}
