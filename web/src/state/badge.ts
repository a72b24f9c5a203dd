import { computed, effect } from '@preact/signals'
import { me, roomNamed, rooms } from './chat.ts'
import { place } from './place.ts'
import { callsUponMe, titleOf } from './unread.ts'

const where = computed(() => {
	const here = place.value
	if (here.at === 'settings') return 'Settings · '
	if (here.at !== 'room') return ''
	return `${titleOf(roomNamed(here.room) ?? { room: here.room, title: '' })} · `
})

const hasUnread = computed(() => rooms.value.some(({ unread }) => unread > 0))

/** Shows in the tab, and on the icon of the app, what calls upon one; a dot for what is unread besides. */
export function showBadge(): void {
	effect(() => {
		const calls = callsUponMe.value
		const mark = calls > 0 ? `(${calls}) ` : hasUnread.value ? '• ' : ''
		document.title = `${mark}${me.value === undefined ? '' : where.value}Tailroom`
	})
	effect(() => {
		const calls = callsUponMe.value
		const icon = calls > 0 || hasUnread.value ? '/icons/icon-unread.svg' : '/icons/icon.svg'
		document.querySelector('link[rel="icon"]')?.setAttribute('href', icon)
		// Only an app that was installed has a badge.
		const badge = navigator as Partial<Navigator>
		if (calls > 0) badge.setAppBadge?.(calls).catch(() => {})
		else badge.clearAppBadge?.().catch(() => {})
	})
}
