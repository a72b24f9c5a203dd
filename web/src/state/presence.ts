import { computed, effect, signal } from '@preact/signals'
import { chat, me, status } from './chat.ts'
import { orSay } from './notices.ts'

const key = 'tailroom-away'
/** Who has said so in this browser. */
const stored = signal(localStorage.getItem(key))

/** Whether one has said oneself to be away: then nothing that one does changes it. */
export const manualAway = computed(() => stored.value !== null && stored.value === me.value?.name)

addEventListener('storage', (event) => {
	if (event.key === key) stored.value = event.newValue
})

/** Says to the others that one is here, or away. */
export async function choosePresence(state: 'online' | 'away'): Promise<void> {
	const name = me.value?.name ?? ''
	if (state === 'away') localStorage.setItem(key, name)
	else localStorage.removeItem(key)
	stored.value = state === 'away' ? name : null
	await orSay(chat.setPresence(state))
}

/** The server forgets it of who is gone. */
effect(() => {
	if (status.value.state === 'live' && manualAway.peek()) void orSay(chat.setPresence('away'))
})
