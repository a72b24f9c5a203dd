import { computed, signal } from '@preact/signals'
import type { MessageFrame, StreamFrame } from '../../../src/client/browser.ts'
import { chat, me, roomNamed } from './chat.ts'
import { writerOf } from './people.ts'
import { addressOf, go, place } from './place.ts'
import { titleOf } from './unread.ts'

/** Of what one is notified: of what is said to oneself, of everything, or of nothing. */
export type NotifyWhen = 'calls' | 'all' | 'none'
/** `unable`: the browser has no notifications, or the page has no TLS. */
export type Permission = NotificationPermission | 'unable'

const whenKey = 'tailroom-notify'
const hintKey = 'tailroom-notify-hint'
/** Who reads it at once, in another page or on another device, is not told of it. */
const notReadMs = 400
/** Of a long message. */
const charsMax = 200

export const notifyWhen = signal((localStorage.getItem(whenKey) ?? 'calls') as NotifyWhen)
export const permission = signal<Permission>(permissionNow())

const wasHinted = signal(localStorage.getItem(hintKey) !== null)
/** Whether to say, once, that there are notifications: when something would have been one. */
export const isHinting = computed(() => permission.value === 'default' && !wasHinted.value && wasCalled.value)
const wasCalled = signal(false)

/** What is shown, by its room; and what was said up to there. */
const shown = new Map<string, { sequence: number; close: () => void }>()
/** What would have been shown while there was no line. */
let missed: MessageFrame[] = []

export function chooseNotifyWhen(when: NotifyWhen): void {
	notifyWhen.value = when
	localStorage.setItem(whenKey, when)
}

/** Asks whoever sits there: browsers let one do so on a click alone. */
export async function askPermission(): Promise<void> {
	endHint()
	permission.value = await Notification.requestPermission()
}

export function endHint(): void {
	localStorage.setItem(hintKey, 'said')
	wasHinted.value = true
}

/** Notifies of what comes from now on. */
export function startNotifying(): void {
	chat.listen({ frame: hear })
}

/** There is no such room any more. */
export function closeNotification(room: string): void {
	closeRead(room, Number.POSITIVE_INFINITY)
}

function hear(frame: StreamFrame): void {
	if (frame.type === 'message') hearMessage(frame)
	else if (frame.type === 'read') closeRead(frame.room, frame.sequence)
	else if (frame.type === 'delete') closeRead(frame.room, frame.sequence, frame.sequence)
	else if (frame.type === 'live') summarize()
}

function hearMessage(frame: MessageFrame): void {
	if (frame.erased !== undefined || frame.sender === me.value?.name || isOnScreen(frame.room)) return
	const calls = callsUpon(frame)
	if (calls && chat.status.state === 'live') wasCalled.value = true
	if (!(calls || notifyWhen.value === 'all') || notifyWhen.value === 'none' || permission.value !== 'granted') return
	if (chat.status.state === 'live') setTimeout(() => isUnread(frame) && notifyOf(frame), notReadMs)
	else missed.push(frame)
}

/** After an interruption one is told once, and not of each. */
function summarize(): void {
	const unread = missed.filter(isUnread)
	missed = []
	const [first] = unread
	if (first === undefined || document.visibilityState === 'visible') return
	if (unread.length === 1) return notifyOf(first)
	const names = [...new Set(unread.map(({ room }) => nameOf(room)))]
	const { room, sequence } = first
	show({ title: `${unread.length} new messages`, body: names.join(', '), room, sequence })
}

function notifyOf(message: MessageFrame): void {
	const { room, sequence, content } = message
	const sender = writerOf(message)
	const title = room.startsWith('@') ? sender : `${sender} in ${nameOf(room)}`
	show({ title, body: content.slice(0, charsMax), room, sequence })
}

interface Notice {
	title: string
	body: string
	/** Of a room there is one notification: the last. */
	room: string
	sequence: number
}

function show({ title, body, room, sequence }: Notice): void {
	const address = addressOf(room, { sequence })
	const options = { body, tag: room, icon: '/icons/icon-192.png', data: address }
	try {
		const notification = new Notification(title, options)
		notification.onclick = () => {
			notification.close()
			focus()
			go(address)
		}
		shown.set(room, { sequence, close: () => notification.close() })
	} catch {
		// On phones only a worker may show them; it also hears of the click.
		showByWorker(title, options, room, sequence).catch(() => {
			// Somebody has forbidden it meanwhile.
		})
	}
}

async function showByWorker(title: string, options: NotificationOptions, room: string, sequence: number) {
	const registration = await navigator.serviceWorker?.ready
	await registration?.showNotification(title, options)
	const close = async () => {
		for (const one of (await registration?.getNotifications({ tag: room })) ?? []) one.close()
	}
	shown.set(room, { sequence, close })
}

/** What was read, here or elsewhere, is not told of any longer. */
function closeRead(room: string, through: number, from = 0): void {
	const notification = shown.get(room)
	if (notification === undefined || notification.sequence > through || notification.sequence < from) return
	notification.close()
	shown.delete(room)
}

function isOnScreen(room: string): boolean {
	const here = place.value
	return document.visibilityState === 'visible' && here.at === 'room' && here.room === room
}

function isUnread({ room, sequence }: MessageFrame): boolean {
	return (chat.rooms.get(room)?.read ?? 0) < sequence
}

function callsUpon({ room, mentions = [] }: MessageFrame): boolean {
	return room.startsWith('@') || mentions.includes('room') || mentions.includes(me.value?.name ?? '')
}

function nameOf(room: string): string {
	return titleOf(roomNamed(room) ?? { room, title: '' })
}

function permissionNow(): Permission {
	return 'Notification' in globalThis && isSecureContext ? Notification.permission : 'unable'
}
