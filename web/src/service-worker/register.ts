import { effect, signal } from '@preact/signals'
import { status } from '../state/chat.ts'
import { go } from '../state/place.ts'

const address = '/sw.js'

/** The server has a newer version of the app than this page is, and it is here: the next load brings it. */
export const isNewVersion = signal(false)

/** Follows the service worker. It begins to work when the page does, so that the first start has the line for itself. */
export function followWorker(): void {
	addEventListener('vite:preloadError', reloadOnce)
	// A page without TLS has none.
	const { serviceWorker } = navigator as Partial<Navigator>
	if (serviceWorker === undefined) return
	let isFirst = serviceWorker.controller === null
	serviceWorker.addEventListener('controllerchange', () => {
		isNewVersion.value ||= !isFirst
		isFirst = false
	})
	serviceWorker.addEventListener('message', ({ data }) => go(data.goTo))
	effect(() => {
		// There may be a newer one: a server that is back may have been updated.
		const { state } = status.value
		if (state === 'live' || state === 'stopped') void register(serviceWorker).catch(() => {})
	})
}

async function register(workers: ServiceWorkerContainer): Promise<void> {
	const known = await workers.getRegistration()
	if (known === undefined) return void (await workers.register(trusted(address)))
	try {
		await known.update()
	} catch {
		// A server that went back to a version without a worker is not stood in for any longer.
		const { status } = await fetch(address, { cache: 'no-store' })
		if (status === 404) await known.unregister()
	}
}

/** A part of the app that is not on the server any more: it has another version. */
function reloadOnce(): void {
	const key = 'tailroom-reloaded'
	if (status.value.state !== 'live' || sessionStorage.getItem(key) !== null) return
	sessionStorage.setItem(key, 'once')
	location.reload()
}

interface Policy {
	createScriptURL(url: string): string
}

/** Made once: a second one of the name is refused. */
let policy: Policy | undefined

/** The policy of the page lets code come from no address that was not named: this one is. */
function trusted(url: string): string {
	const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }
	const createScriptURL = (asked: string) => {
		if (asked !== address) throw new TypeError('There is one worker.')
		return asked
	}
	policy ??= trustedTypes?.createPolicy('service-worker', { createScriptURL })
	return policy?.createScriptURL(url) ?? url
}
