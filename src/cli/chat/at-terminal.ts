import { setTimeout } from 'node:timers/promises'
import { TailroomError } from '../../client/error.ts'
import { connect } from '../../client/node.ts'
import { complain } from '../complain.ts'
import { counted } from '../progress.ts'
import { exitCodes } from '../remote/exit-codes.ts'
import { configDirectory } from '../remote/private-files.ts'
import { explained, type Remote } from '../remote/remote.ts'
import { SignIns } from '../remote/sign-ins.ts'
import { complete } from './completion.ts'
import { OutboxFiles } from './outbox-files.ts'
import { notice } from './said.ts'
import { signIn } from './sign-in.ts'
import { started } from './starting.ts'
import { Talk } from './talk.ts'
import { Terminal } from './terminal.ts'

/** Who says something and goes at once has said it. */
const goodbyeMsMax = 2_000

/** Talks with whoever sits there until they go. Ends the process. */
export async function chatAtTerminal(remote: Remote): Promise<never> {
	let talk: Talk | undefined
	let typed: Promise<unknown> = Promise.resolve()
	let opened = Promise.withResolvers<Talk>()
	const close = () => {
		terminal.close()
		const { waiting = 0, heldBack = 0 } = talk ?? {}
		talk?.chat.close()
		const kept = waiting - heldBack
		if (kept > 0) complain(`${counted(kept, 'message')} not sent yet: kept here, and sent when you are back.`)
		if (heldBack > 0) complain(`${counted(heldBack, 'message')} not sent, and more than can be kept: lost.`)
	}
	const end = (code: number): never => {
		close()
		process.exit(code)
	}
	const leave = async () => {
		if (talk !== undefined) await Promise.race([talk.settled(), setTimeout(goodbyeMsMax)])
		end(exitCodes.done)
	}
	const terminal: Terminal = new Terminal({
		// One after the other, also what is typed before there is a room to type in.
		line(text) {
			typed = typed.then(async () => await (await opened.promise).type(text))
		},
		end: leave,
		interrupt: () => end(exitCodes.interrupted),
		resize: () => talk?.showPrompt(),
		complete: (text) => (talk === undefined ? [[], text] : complete(text, talk)),
	})
	const storage = new OutboxFiles(configDirectory())
	const host = new URL(remote.url).host
	let asWhom = remote
	try {
		for (;;) {
			terminal.setPrompt(terminal.paint.dim(`connecting to ${host} … `))
			const chat = connect({ ...asWhom, storage })
			try {
				await started(chat)
				talk = new Talk(chat, terminal)
				opened.resolve(talk)
				await talk.over
				await leave()
			} catch (error) {
				chat.close()
				opened = Promise.withResolvers()
				if (!canSignIn(error, asWhom)) throw error
				terminal.print(notice(`${(explained(error, asWhom) as Error).message.split(/[.:] /)[0]}.`, terminal.paint))
			}
			asWhom = await signInAt(terminal, remote.url)
		}
	} catch (error) {
		close()
		throw explained(error, asWhom)
	}
}

/** Another token in the environment only its owner can put there. */
function canSignIn(error: unknown, { credentials }: Remote): boolean {
	return error instanceof TailroomError && error.status === 401 && credentials !== 'environment'
}

async function signInAt(terminal: Terminal, url: string): Promise<Remote> {
	const signedIn = await signIn(terminal, url)
	new SignIns(configDirectory()).keep(url, signedIn)
	return { url, token: signedIn.token, credentials: 'kept' }
}
