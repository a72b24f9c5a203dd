/**
 * Has the app here, so that it starts at once, and without a line. It answers for the app's own files and addresses,
 * and for nothing else: what is said in rooms goes past it.
 */
const scope = self as unknown as WorkerScope
const { version, files } = tailroomShell

const prefix = 'tailroom-app-'
const cacheName = prefix + version
/** At this address the server sends the app, whoever asks. */
const appAddress = '/chat'

scope.addEventListener('install', (event) => {
	event.waitUntil(install())
})

scope.addEventListener('activate', (event) => {
	event.waitUntil(Promise.all([scope.clients.claim(), removeOld()]))
})

scope.addEventListener('fetch', (event) => {
	const { request } = event
	const { origin, pathname } = new URL(request.url)
	if (request.method !== 'GET' || origin !== location.origin) return
	if (request.mode === 'navigate') {
		if (isAppPath(pathname)) event.respondWith(app(request))
	} else if (pathname.startsWith('/assets/') || files.includes(pathname)) event.respondWith(file(request))
})

/** Of browsers that let only a worker show notifications. */
scope.addEventListener('notificationclick', (event) => {
	event.notification.close()
	event.waitUntil(goTo(event.notification.data as string))
})

/** All of it or nothing: else the one before stays. A proxy that leads to its own page to sign in gives nothing. */
async function install(): Promise<void> {
	const cache = await caches.open(cacheName)
	await cache.addAll([
		new Request(appAddress, { headers: { Accept: 'text/html' }, cache: 'no-cache', redirect: 'error' }),
		...files.map(
			(path) => new Request(path, { cache: path.startsWith('/assets/') ? 'default' : 'no-cache', redirect: 'error' }),
		),
	])
	// Pages that are open find their own files still, in the cache of before.
	await scope.skipWaiting()
}

/** Keeps one version besides its own: pages of it may be open, and load the rest of it yet. */
async function removeOld(): Promise<void> {
	const old = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== cacheName)
	await Promise.all(old.slice(0, -1).map((name) => caches.delete(name)))
}

/** The same as in src/http/page/addresses.ts, but for the pages of codes: there one may have come to begin from nothing. */
function isAppPath(path: string): boolean {
	return /^\/((chat|settings)(\/.*)?)?$/.test(path)
}

async function app(request: Request): Promise<Response> {
	const cache = await caches.open(cacheName)
	return (await cache.match(appAddress, { ignoreVary: true })) ?? fetch(request)
}

async function file(request: Request): Promise<Response> {
	const own = await caches.open(cacheName)
	const options = { ignoreSearch: true, ignoreVary: true }
	return (await own.match(request, options)) ?? (await caches.match(request, options)) ?? fetch(request)
}

/** In a page of the app that is there, or in a new one. */
async function goTo(address: string): Promise<void> {
	const [page] = await scope.clients.matchAll({ type: 'window' })
	if (page === undefined) return void (await scope.clients.openWindow(address))
	page.postMessage({ goTo: address })
	await page.focus()
}
