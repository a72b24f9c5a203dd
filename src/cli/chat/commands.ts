import { pathOf } from '../../client/server.ts'
import type { HistoryMessage } from '../../protocol/answers.ts'
import { placeOf } from '../../protocol/message-line.ts'
import { edit, react } from './changing.ts'
import { takeNumber } from './input.ts'
import { join, leave, message } from './moving.ts'
import { search } from './searching.ts'
import type { Talk } from './talk.ts'
import { who } from './who.ts'

interface ChatCommand {
	usage: string
	summary: string
	/** It goes to another room. */
	isMove?: boolean
	run(talk: Talk, rest: string): Promise<void> | void
}

const historyMessages = 20
const historyMessagesMax = 500

const commands: { readonly [name: string]: ChatCommand } = {
	join: { usage: '/join [room]', summary: 'go to a room; without one, see which there are', isMove: true, run: join },
	leave: { usage: '/leave', summary: 'belong to this room no longer', isMove: true, run: leave },
	history: { usage: '/history [n]', summary: 'what was said before', run: history },
	who: { usage: '/who', summary: 'who belongs to this room, and who is here', run: who },
	msg: {
		usage: '/msg @name [text]',
		summary: 'say something to somebody alone, or go there',
		isMove: true,
		run: message,
	},
	edit: {
		usage: '/edit [#n] text',
		summary: 'say it in other words; without a number, the last that you said',
		run: edit,
	},
	react: { usage: '/react emoji [#n]', summary: 'react to a message, or take it back', run: react },
	search: {
		usage: '/search words',
		summary: 'find messages; from:ada in:general after:2026-11-01 narrow it',
		run: search,
	},
	clear_history: { usage: '/clear_history [n]', summary: 'erase what was said here, up to #n', run: clearHistory },
	away: { usage: '/away', summary: 'be shown as away until /back', run: (talk) => setPresence(talk, 'away') },
	back: { usage: '/back', summary: 'be shown as here again', run: (talk) => setPresence(talk, 'online') },
	help: { usage: '/help', summary: 'this list', run: help },
	quit: { usage: '/quit', summary: 'go; also Ctrl-D', run: (talk) => talk.leave() },
}

export const commandNames: readonly string[] = Object.keys(commands)

/** Whether somebody goes to another room by it. */
export function isMove(name: string | undefined): boolean {
	return commands[name ?? '']?.isMove === true
}

/** Rejects with what is wrong. */
export async function runCommand(talk: Talk, name: string, rest: string): Promise<void> {
	await commands[name]?.run(talk, rest)
}

async function history(talk: Talk, rest: string): Promise<void> {
	const { view } = talk
	if (view === undefined) return talk.refuse('No room is open: /join one first.')
	const wanted = rest === '' ? historyMessages : Number(rest)
	if (!Number.isInteger(wanted) || wanted < 1) return talk.refuse('/history takes a number of messages.')
	const limit = Math.min(wanted, historyMessagesMax)
	const before = view.first > 0 ? `&before=${view.first}` : ''
	const path = `${pathOf(view.room, 'messages')}?limit=${limit}${before}`
	const { messages } = await talk.chat.ask<{ messages: HistoryMessage[] }>('GET', path)
	view.printOlder(messages)
}

async function clearHistory(talk: Talk, rest: string): Promise<void> {
	const { view, screen } = talk
	if (view === undefined) return talk.refuse('No room is open: /join one first.')
	const { sequence, rest: surplus } = takeNumber(rest, 'last')
	if (surplus !== '') return talk.refuse('/clear_history takes the number of a message.')
	const what = sequence === undefined ? 'everything' : `everything up to #${sequence}`
	if (screen.isInteractive) {
		const text = `Erase ${what} in ${placeOf(view.room)}, for everybody and for good? (y/n) `
		const [answer = ''] = (await screen.ask({ text })) ?? []
		if (!/^y(es)?$/i.test(answer.trim())) return talk.notice('Nothing is erased.')
	}
	await talk.chat.clearHistory(view.room, sequence)
}

async function setPresence(talk: Talk, state: 'online' | 'away'): Promise<void> {
	await talk.chat.setPresence(state)
	talk.setAway(state === 'away')
}

function help(talk: Talk): void {
	const { paint } = talk.screen
	const width = Math.max(...Object.values(commands).map(({ usage }) => usage.length)) + 2
	const lines = Object.values(commands).map(({ usage, summary }) => `  ${usage.padEnd(width)}${paint.dim(summary)}`)
	talk.print(`${lines.join('\n')}\n  ${'//text'.padEnd(width)}${paint.dim('say something that begins with a slash')}`)
}
