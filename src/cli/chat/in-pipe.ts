import { connect } from '../../client/node.ts'
import { explained, type Remote } from '../remote/remote.ts'
import { Pipe } from './pipe.ts'
import { started } from './starting.ts'
import { Talk } from './talk.ts'

/** So many lines are read and not posted yet. What is faster than a server waits in its pipe, where it costs nobody anything. */
const readAheadMax = 100

/** Each line of standard input is a message or a command. Ends the process, when all is said or the first refusal is told. */
export async function chatInPipe(remote: Remote): Promise<never> {
	const chat = connect(remote)
	try {
		await started(chat)
		const pipe = new Pipe()
		const talk = new Talk(chat, pipe)
		await Promise.race([talk.over, typeAll(talk, pipe)])
		await pipe.written()
		process.exit(talk.exitCode || pipe.exitCode)
	} catch (error) {
		throw explained(error, remote)
	}
}

async function typeAll(talk: Talk, pipe: Pipe): Promise<void> {
	for await (const line of pipe.lines()) {
		// What is said to be done to a message is done to one that was seen.
		await talk.view?.shown
		await talk.type(line)
		await talk.fewerOnTheirWay(readAheadMax)
		await pipe.ready()
	}
	await talk.view?.shown
	await talk.settled()
}
