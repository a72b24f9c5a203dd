import { effect, signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { status } from '../state/chat.ts'

type Screens = typeof import('./screens.ts')

const loaded = signal<Screens | undefined>()
let isWanted = false
let isLoading = false

/** What is loaded after the app has drawn itself; undefined until it is here. */
export function useLater(): Screens | undefined {
	useEffect(load, [])
	return loaded.value
}

/** Loads it, as often as it takes. */
export function load(): void {
	isWanted = true
	if (isLoading || loaded.peek() !== undefined) return
	isLoading = true
	import('./screens.ts')
		.then((screens) => {
			loaded.value = screens
		})
		// Without a line it is tried again when there is one.
		.catch(() => {})
		.finally(() => {
			isLoading = false
		})
}

effect(() => {
	if (status.value.state === 'live' && isWanted) load()
})
