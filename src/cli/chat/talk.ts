import type { Chat, StreamFrame, TailroomError } from '../../client/node.ts'
import { placeOf, printable } from '../../protocol/message-line.ts'
import { UsageError } from '../command.ts'
import { exitCodeOf, exitCodes } from '../remote/exit-codes.ts'
import { asNonsense } from '../remote/nonsense.ts'
import { commandNames, isMove, runCommand } from './commands.ts'
import { nearest, parseTyped } from './input.ts'
import { promptText } from './prompt.ts'
import { RoomView } from './room-view.ts'
import { contentText, nameText, notice } from './said.ts'
import { Sayings } from './sayings.ts'
import type { Screen } from './screen.ts'

/** One person at one server: what they type is done, and what happens is shown. */
export class Talk {
	readonly chat: Chat
	readonly screen: Screen
	/** Resolves when they want to go; rejects with why it cannot go on. */
	readonly over: Promise<void>
	readonly #end: PromiseWithResolvers<void> = Promise.withResolvers()
	readonly #sayings: Sayings
	#view: RoomView | undefined
	#isLost = false
	/** The server does not have all that it had: it was restored from a backup. */
	#wasReset = false
	#isAway = false
	/** Of a guest, for whom the server keeps no markers: what was said elsewhere while this terminal was open. */
	readonly #unseen = new Map<string, number>()
	#exitCode: number = exitCodes.done

	constructor(chat: Chat, screen: Screen) {
		this.chat = chat
		this.screen = screen
		this.over = this.#end.promise
		this.over.catch(() => {})
		this.#sayings = new Sayings(chat, {
			said: ({ sequence }, { room }) => {
				if (this.#isShownElsewhere(room)) this.notice(`#${sequence} said to ${placeOf(room)}`)
			},
			refused: (problem, { room, content }) => this.#refused(room, content, problem),
		})
		chat.listen({
			change: (changes) => this.#unlessNonsense(() => this.#changed(changes)),
			frame: (frame) => this.#unlessNonsense(() => this.#hear(frame)),
		})
		const first = chat.rooms.has('general') ? 'general' : chat.rooms.keys().next().value
		if (first === undefined) this.notice('You belong to no room. /join shows those that there are.')
		else this.open(first)
		this.showPrompt()
	}

	get view(): RoomView | undefined {
		return this.#view
	}

	get me(): string {
		return this.chat.user?.name ?? ''
	}

	get isAway(): boolean {
		return this.#isAway
	}

	/** Of the first refusal, for who is told by it. */
	get exitCode(): number {
		return this.#exitCode
	}

	/** How many messages are not sent. */
	get waiting(): number {
		return this.#sayings.waiting
	}

	/** How many of them are lost if they go now. */
	get heldBack(): number {
		return this.#sayings.heldBack
	}

	/** Does what somebody has typed. Resolves when it is done, or on its way. */
	async type(text: string): Promise<void> {
		const typed = parseTyped(text)
		if (typed === undefined) return
		if ('say' in typed) return this.say(typed.say)
		const { command, rest } = typed
		if (!commandNames.includes(command)) {
			const meant = nearest(command, commandNames)
			this.refuse(
				`There is no /${command}${meant === undefined ? '. /help shows what there is.' : `: did you mean /${meant}?`}`,
			)
			return isMove(meant) ? this.#stayNowhere() : undefined
		}
		try {
			await runCommand(this, command, rest)
		} catch (error) {
			const problem = asNonsense(error) as TailroomError
			this.refuse(problem.message, error instanceof UsageError ? undefined : problem)
			if (isMove(command)) this.#stayNowhere()
		}
	}

	/** Says something in the room on the screen. */
	say(content: string): void {
		if (this.#view === undefined) return this.refuse('No room is open: /join one first.')
		this.send(this.#view.room, content)
	}

	send(room: string, content: string): void {
		this.#sayings.say(room, content)
		if (this.chat.status.state !== 'live') this.#showWaiting(content)
	}

	/** Resolves when everything that was typed is on the screen, or refused. */
	settled(): Promise<void> {
		return this.#sayings.settled()
	}

	/** Resolves when fewer messages than that are on their way. */
	fewerOnTheirWay(count: number): Promise<void> {
		return this.#sayings.fewerThan(count)
	}

	/** Shows a room, and no other. */
	open(room: string): void {
		this.#view?.close()
		this.#unseen.delete(room)
		const state = this.chat.rooms.get(room)
		if (this.screen.isInteractive) {
			const title = state === undefined || state.title === room ? '' : ` · ${state.title}`
			const topic = state === undefined || state.topic === '' ? '' : ` · ${state.topic}`
			this.notice(`${placeOf(room)}${title}${topic}`)
		}
		this.#view = new RoomView(
			this.chat.open(room),
			this.screen,
			() => this.me,
			(text, problem) => {
				this.refuse(text, problem)
				this.#stayNowhere()
			},
		)
		this.showPrompt()
	}

	/** Shows another room than the one that was left. */
	openAnother(left: string): void {
		const others = [...this.chat.rooms.keys()].filter((room) => room !== left)
		const next = others.includes('general') ? 'general' : others[0]
		if (next !== undefined) return this.open(next)
		this.#closeRoom()
		this.notice('You belong to no room any more. /join shows those that there are.')
	}

	setAway(isAway: boolean): void {
		this.#isAway = isAway
		this.showPrompt()
	}

	print(text: string): void {
		this.screen.print(text)
	}

	notice(text: string): void {
		this.screen.print(notice(text, this.screen.paint))
	}

	/** Says what is not done, and why. */
	refuse(text: string, problem?: TailroomError): void {
		if (this.#exitCode === exitCodes.done)
			this.#exitCode = problem === undefined ? exitCodes.usage : exitCodeOf(problem)
		this.screen.print(this.screen.paint.alarm(`! ${printable(text).replaceAll('\n', ' ')}`))
	}

	leave(): void {
		this.#end.resolve()
	}

	showPrompt(): void {
		const { status, rooms } = this.chat
		const room = this.#view?.room
		const others = [...rooms.values()]
			.filter((other) => other.room !== room)
			.map(({ room, unread, mentions }) => {
				return { room, unread: unread + (this.#unseen.get(room) ?? 0), calls: mentions > 0 || room.startsWith('@') }
			})
		const isOffline = status.state !== 'live' && this.#isLost
		const state = { room, others, waiting: this.waiting, isOffline, isAway: this.#isAway }
		this.screen.setPrompt(promptText(state, this.screen.columns, this.screen.paint))
	}

	#closeRoom(): void {
		this.#view?.close()
		this.#view = undefined
		this.showPrompt()
	}

	/** Whoever has written ahead does not see that a move has failed: what follows is not said to those whom it is not for. */
	#stayNowhere(): void {
		if (!this.screen.isInteractive) this.#closeRoom()
	}

	/** Nobody goes on with a server that is none. */
	#unlessNonsense(show: () => void): void {
		try {
			show()
		} catch (error) {
			this.#end.reject(asNonsense(error))
		}
	}

	#changed(changes: ReadonlySet<string>): void {
		if (changes.has('status')) this.#statusChanged()
		const view = this.#view
		if (view !== undefined && changes.has(`timeline ${view.room}`)) {
			view.update()
			this.#markRead(view)
		}
		this.showPrompt()
	}

	#statusChanged(): void {
		const { state, problem } = this.chat.status
		if (state === 'stopped' && problem !== undefined) return this.#end.reject(problem)
		if (state === 'offline' && !this.#isLost) {
			this.#isLost = true
			this.notice('connection lost, trying again')
		} else if (state === 'live' && this.#isLost) {
			this.#isLost = false
			this.notice(
				this.#wasReset ? 'back, and the server was restored: this is what it has' : 'back, nothing is missing',
			)
			// What was printed of the room may be what never was.
			if (this.#wasReset && this.#view !== undefined) this.open(this.#view.room)
			this.#wasReset = false
		}
	}

	#hear(frame: StreamFrame): void {
		const view = this.#view
		if (frame.type === 'hello') this.#wasReset ||= frame.mode === 'reset'
		if (!('room' in frame) || frame.type === 'typing' || frame.type === 'presence_count') return
		if (frame.room === view?.room) {
			view?.hear(frame)
			return this.#markRead(view as RoomView)
		}
		const { room = '' } = frame
		if (this.chat.user?.role !== 'guest' || frame.type !== 'message' || frame.sender === this.me) return
		this.#unseen.set(room, (this.#unseen.get(room) ?? 0) + 1)
	}

	/** What is on the screen of somebody who sits there is read. */
	#markRead({ room, last }: RoomView): void {
		if (this.screen.isInteractive && last > 0) this.chat.markRead(room, last)
	}

	#isShownElsewhere(room: string): boolean {
		return room !== this.#view?.room && this.screen.isInteractive
	}

	#showWaiting(content: string): void {
		if (!this.screen.isInteractive) return
		const { paint } = this.screen
		const text = contentText(content, [], { paint, me: this.me })
		this.screen.print(`${paint.dim('waiting ')}${nameText(this.me, paint)}${paint.dim(`: ${text}`)}`)
	}

	/** What was written can be fetched back with the arrow keys; in the outbox nobody would look for it. */
	#refused(room: string, content: string, problem: TailroomError): void {
		if (problem.code === 'closed') return
		const entry = this.chat.outbox.find(
			(entry) => entry.room === room && entry.content === content && entry.state === 'refused',
		)
		if (entry !== undefined) this.chat.discard(entry.key)
		this.refuse(`Not said: ${problem.message}`, problem)
	}
}
