import { computed, type ReadonlySignal, signal } from '@preact/signals'
import {
	type Change,
	type Chat,
	type ChatOptions,
	connect,
	type Outgoing,
	type OwnProfile,
	type PresenceState,
	type PresentUser,
	type RoomState,
	type Status,
} from '../../../src/client/browser.ts'
import { guestName } from './guest.ts'

/** So many messages of a room are kept at a time; beyond them it is read again. */
const messagesMax = 2_000

/** The connection to the server, with all that is known of it. Changed in place: what follows it are the signals below. */
export let chat: Chat

export const isOpen = signal(false)

/** Opens the connection, with what was kept where there is no line; nothing else of this file is of use before. */
export function openChat(kept?: ChatOptions['kept']): void {
	chat = connect({
		url: location.origin,
		transport: 'websocket',
		storage: localStorage,
		guest: guestName(),
		messagesMax,
		kept,
	})
	chat.listen({
		change(changes: ReadonlySet<Change>) {
			for (const [name, count] of Object.entries(changed)) if (changes.has(name as Change)) count.value += 1
		},
	})
	isOpen.value = true
}

/** How often each of these has changed. */
const changed = { status: signal(0), rooms: signal(0), presence: signal(0), outbox: signal(0) }

export const status = following<Status>('status', () => (isOpen.value ? chat.status : { state: 'connecting' }))
/** Undefined until the first snapshot is here. */
export const me = following<OwnProfile | undefined>('rooms', () => (isOpen.value ? chat.user : undefined))
/** One's own rooms. The list is new with each change, the rooms in it are the same. */
export const rooms = following<RoomState[]>('rooms', () => [...chat.rooms.values()])
export const presence = following<ReadonlyMap<string, PresentUser>>('presence', () => new Map(chat.presence))
export const outbox = following<readonly Outgoing[]>('outbox', () => [...chat.outbox])

/** One of one's own rooms; undefined where it is none. */
export function roomNamed(name: string): RoomState | undefined {
	return rooms.value.find(({ room }) => room === name)
}

/** One's own profile, after one has changed it: no frame tells. */
export function takeProfile({ name, displayName, role }: OwnProfile): void {
	chat.user = { name, displayName, role }
	changed.rooms.value += 1
}

export function presenceOf(name: string): PresenceState {
	return presence.value.get(name)?.state ?? 'offline'
}

/** What the chat has, read again when it says that it has changed. */
function following<Value>(what: keyof typeof changed, read: () => Value): ReadonlySignal<Value> {
	return computed(() => {
		changed[what].value
		return read()
	})
}
