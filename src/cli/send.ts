import { Server } from '../client/server.ts'
import { type Command, exitOnSignals, parseFlags, UsageError } from './command.ts'
import { complain } from './complain.ts'
import { exitCodesHelp } from './remote/exit-codes.ts'
import { jsonLine } from './remote/json-line.ts'
import { post } from './remote/post.ts'
import { explained, findRemote, remoteHelp } from './remote/remote.ts'
import { roomNamed } from './remote/room-names.ts'
import { messageFromInput } from './remote/text-input.ts'
import { Printer } from './tail/printer.ts'

const flags = {
	key: { type: 'string' },
	url: { type: 'string' },
	as: { type: 'string' },
	json: { type: 'boolean' },
} as const

export const sendCommand: Command = {
	summary: 'say something in a room, for scripts',
	help: `Usage: tailroom send <room> [text|-] [options]

Posts a message, and is silent when it is on the server's disk. "-", or no text, reads standard input; the
line end at its end does not count. A room is general, #general, or @name for the conversation with somebody.
What fails for now is tried again for half a minute, and is said once however often it is sent.

  --key <key>               the same key says it once, however often this is started
  --url <address>           the server
  --as <name>               as a guest of that name
  --json                    print the message as the server has recorded it

${remoteHelp}
${exitCodesHelp}
For example: make 2>&1 | tail -20 | tailroom send builds --key "build-$BUILD"
`,
	run: send,
}

async function send(args: string[]): Promise<void> {
	exitOnSignals()
	const { values, positionals } = parseFlags(args, flags)
	const [room, ...words] = positionals
	if (room === undefined) throw new UsageError('say where: tailroom send <room> [text|-]')
	checkKey(values.key)
	const remote = findRemote(values)
	const content = await textOf(words)
	const key = values.key ?? crypto.randomUUID()
	try {
		const message = await post(new Server(remote), roomNamed(room), content, { key, failing })
		if (values.json === true) await new Printer(process.stdout).print(jsonLine(message))
	} catch (error) {
		throw explained(error, remote)
	}
}

/** As servers take it: what they would refuse is not tried. */
function checkKey(key: string | undefined): void {
	if (key === undefined || (/^[\x20-\x7e]{1,255}$/.test(key) && key.trim() !== '')) return
	throw new UsageError('--key is 1 to 255 printable ASCII characters, the same whenever this is the same message')
}

async function textOf(words: readonly string[]): Promise<string> {
	const [first] = words
	if (first !== undefined && (words.length > 1 || first !== '-')) return words.join(' ')
	if (first === undefined && process.stdin.isTTY) throw new UsageError('say what, or "-" to read standard input')
	return await messageFromInput(process.stdin)
}

/** Who sits there wants to know why they wait. */
function failing(problem: Error): void {
	if (process.stderr.isTTY) complain(`${problem.message} Trying again …`)
}
