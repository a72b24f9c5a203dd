import type { Socket } from 'node:net'

/**
 * Resolves with true when nothing that was written waits in memory any more, with false when the
 * socket closed or that took longer than `msMax`.
 */
export function drained(socket: Socket, msMax: number): Promise<boolean> {
	return new Promise((resolve) => {
		if (socket.destroyed) return resolve(false)
		if (socket.writableLength === 0) return resolve(true)
		const finish = (isDrained: boolean) => {
			clearTimeout(timer)
			socket.off('drain', onDrain)
			socket.off('close', onClose)
			resolve(isDrained)
		}
		const onDrain = () => finish(true)
		const onClose = () => finish(false)
		const timer = setTimeout(() => finish(false), msMax)
		socket.once('drain', onDrain)
		socket.once('close', onClose)
	})
}
