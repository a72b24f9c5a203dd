/** What a service worker uses of its scope: the types of pages and of workers do not go together. */
interface WorkerScope {
	addEventListener(type: 'install' | 'activate', listener: (event: LastingEvent) => void): void
	addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void
	addEventListener(type: 'notificationclick', listener: (event: NotificationClick) => void): void
	skipWaiting(): Promise<void>
	readonly clients: {
		claim(): Promise<void>
		matchAll(options: { type: 'window' }): Promise<WindowOfTheApp[]>
		openWindow(address: string): Promise<unknown>
	}
}

interface LastingEvent extends Event {
	waitUntil(done: Promise<unknown>): void
}

interface FetchEvent extends LastingEvent {
	readonly request: Request
	respondWith(response: Promise<Response>): void
}

interface NotificationClick extends LastingEvent {
	readonly notification: Notification
}

interface WindowOfTheApp {
	focus(): Promise<unknown>
	postMessage(message: unknown): void
}

/** Put in by the build: all files of the app, and the name of them all together. */
declare const tailroomShell: { readonly version: string; readonly files: readonly string[] }
