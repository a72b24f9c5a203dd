import { streamPath } from '../client/follow.ts'
import { follow } from '../client/node.ts'
import { Server } from '../client/server.ts'
import { type Command, exitOnSignals, parseFlags, UsageError } from './command.ts'
import { exitCodesHelp } from './remote/exit-codes.ts'
import { explained, findRemote, remoteHelp } from './remote/remote.ts'
import { roomNamed } from './remote/room-names.ts'
import { Interruptions } from './tail/interruptions.ts'
import { printFrames } from './tail/print-frames.ts'
import { Printer } from './tail/printer.ts'

const flags = {
	after: { type: 'string' },
	filter: { type: 'string' },
	consumer: { type: 'string' },
	json: { type: 'boolean' },
	url: { type: 'string' },
	as: { type: 'string' },
} as const

export const tailCommand: Command = {
	summary: 'print what is said in rooms, for scripts and for reading along',
	help: `Usage: tailroom tail [<room>…] [options]

Prints what is said from now on, a line a message; without a room, in all that you belong to. It follows for ever:
a connection that breaks is opened again, and what was missed is printed then.

  --after <cursor>          from there on; 0 is everything
  --filter <expression>     only the frames that it wants: content.contains("deploy")
  --consumer <name>         go on where that consumer is; what was written out is acknowledged
  --json                    each recorded frame as a line of JSON, with its cursor
  --url <address>           the server
  --as <name>               as a guest of that name

${remoteHelp}
${exitCodesHelp}
For example: tailroom tail alerts --json --consumer pager | while read -r line; do page "$line"; done
`,
	run: tail,
}

async function tail(args: string[]): Promise<void> {
	exitOnSignals()
	const { values, positionals } = parseFlags(args, flags)
	const { after, filter, consumer, json: asJson = false } = values
	for (const [name, value] of Object.entries({ after, filter, consumer })) {
		if (value === '') throw new UsageError(`--${name} is empty`)
	}
	const remote = findRemote(values)
	const rooms = positionals.map(roomNamed)
	const stream = { ...(rooms.length > 0 ? { rooms } : {}), filter, consumer }
	try {
		// Whoever asks for what there is not is told so at once; from then on, nothing ends it that may pass.
		await new Server(remote).probe(streamPath(stream, after))
		const interruptions = new Interruptions()
		const following = follow({ ...remote, ...stream, after, onStatus: interruptions.see })
		await printFrames(following, new Printer(process.stdout), { asJson, after, consumer, interruptions })
	} catch (error) {
		throw explained(error, remote)
	}
}
