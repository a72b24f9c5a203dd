import { useEffect, useState } from 'preact/hooks'
import { chat, me, status } from './chat.ts'

/** So often the others are told, at most. */
const tellMs = 3_000
/** Who was not heard of for so long does not type any more. */
const forgetMs = 5_000

let told = { room: '', atMs: Number.NEGATIVE_INFINITY }

/** Tells the others that one is typing. */
export function tellTyping(room: string): void {
	if (status.peek().state !== 'live') return
	const nowMs = performance.now()
	if (room === told.room && nowMs - told.atMs < tellMs) return
	told = { room, atMs: nowMs }
	chat.typing(room)
}

/** What was typed is said; what is typed next is told at once. */
export function endTyping(): void {
	told = { room: '', atMs: Number.NEGATIVE_INFINITY }
}

/** Who is typing in a room, but oneself. */
export function useTyping(room: string): readonly string[] {
	const [names, setNames] = useState<readonly string[]>([])
	useEffect(() => {
		const timers = new Map<string, ReturnType<typeof setTimeout>>()
		const changed = () => setNames([...timers.keys()])
		const stop = (name: string) => {
			clearTimeout(timers.get(name))
			if (timers.delete(name)) changed()
		}
		const unlisten = chat.listen({
			frame(frame) {
				if (frame.type === 'message' && frame.room === room) stop(frame.sender)
				if (frame.type !== 'typing' || frame.room !== room || frame.userId === me.peek()?.name) return
				const { userId } = frame
				clearTimeout(timers.get(userId))
				timers.set(
					userId,
					setTimeout(() => stop(userId), forgetMs),
				)
				changed()
			},
		})
		return () => {
			unlisten()
			for (const timer of timers.values()) clearTimeout(timer)
			setNames([])
		}
	}, [room])
	return names
}
