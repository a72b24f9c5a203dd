import { printableLine } from '../protocol/message-line.ts'
import { chatAtTerminal } from './chat/at-terminal.ts'
import { chatInPipe } from './chat/in-pipe.ts'
import { type Command, parseFlags, UsageError } from './command.ts'
import { exitCodes, exitCodesHelp } from './remote/exit-codes.ts'
import { configDirectory } from './remote/private-files.ts'
import { findRemote, remoteHelp } from './remote/remote.ts'
import { SignIns } from './remote/sign-ins.ts'

const flags = { as: { type: 'string' }, 'sign-out': { type: 'boolean' } } as const

export const chatCommand: Command = {
	summary: 'talk to people, in the terminal',
	help: `Usage: tailroom chat [url] [options]

A prompt in a room: what you type is said there, /help shows what else there is. It asks for your name and password where that
is needed, and keeps a token in your config directory; never the password. Without a terminal each line of
standard input is a message or a command, and the end of it is the end.

  --as <name>               as a guest of that name
  --sign-out                forget the sign-in that is kept, and make its token worthless

${remoteHelp}
${exitCodesHelp}
For example: tailroom chat https://chat.example.org
`,
	run: chat,
}

async function chat(args: string[]): Promise<void> {
	process.once('SIGINT', () => process.exit(exitCodes.interrupted))
	process.once('SIGTERM', () => process.exit(143))
	const { values, positionals } = parseFlags(args, flags)
	const [url, surplus] = positionals
	if (surplus !== undefined) throw new UsageError(`nothing is known of "${surplus}"`)
	const remote = findRemote({ url, as: values.as })
	if (values['sign-out'] === true) return await forget(remote.url)
	const isTerminal = process.stdin.isTTY && process.stdout.isTTY && process.env.TERM !== 'dumb'
	await (isTerminal ? chatAtTerminal(remote) : chatInPipe(remote))
}

async function forget(url: string): Promise<void> {
	const signIns = new SignIns(configDirectory())
	const kept = signIns.for(url)
	if (kept === undefined) throw new UsageError(`no sign-in is kept for ${url}`)
	// Forgotten here in any case, also where the server is not there to hear it.
	signIns.forget(url)
	const { signOut } = await import('./chat/sign-in.ts')
	await signOut(url, kept)
	process.stdout.write(`The sign-in of ${printableLine(kept.user)} at ${url} is forgotten.\n`)
}
