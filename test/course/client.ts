import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'

/*
 * A client that knows nothing but the course's chapter. What it is told on stdin it sends, a JSON
 * message a line; what it would show to a person it prints, a line each.
 */

interface Message {
	id: string
	room: string
	sender: string
	content: string
	sequence: number
	timestamp: number
}

const [address = ''] = process.argv.slice(2)
const socket = new WebSocket(address)
/** By room: the next number to show, and what came too early. */
const rooms = new Map<string, { next: number; early: Map<number, Message> }>()

function print(...words: (string | number)[]): void {
	process.stdout.write(`${words.join(' ')}\n`)
}

/** Message n is shown only after n - 1. */
function receive(message: Message): void {
	const room = rooms.get(message.room)
	if (room === undefined || message.sequence < room.next) return
	room.early.set(message.sequence, message)
	for (let due = room.early.get(room.next); due !== undefined; due = room.early.get(room.next)) {
		room.early.delete(room.next)
		room.next += 1
		print('message', due.room, due.sequence, due.sender, due.content)
	}
}

socket.on('message', (data) => {
	const message = JSON.parse(String(data))
	switch (message.type) {
		case 'subscribed':
			rooms.set(message.room, { next: message.sequence + 1, early: new Map() })
			return print('subscribed', message.room, message.sequence)
		case 'message':
			return receive(message)
		case 'presence':
			return print('presence', message.userId, message.action)
		case 'history':
			for (const { sequence, sender, content } of message.messages) {
				print('history', message.room, sequence, sender, content)
			}
			return print('history', message.room, 'end')
	}
})
socket.on('open', () => {
	print('open')
	const lines = createInterface({ input: process.stdin })
	lines.on('line', (line) => socket.send(line))
	lines.on('close', () => socket.close())
})
