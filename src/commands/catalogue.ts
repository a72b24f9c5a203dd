import type { Decision } from './decision.ts'
import { type PostMessage, postMessage } from './messages.ts'
import { type ChangePresence, changePresence, type JoinRoom, joinRoom, type LeaveRoom, leaveRoom } from './presence.ts'
import { type OpenRoom, openRoom } from './rooms.ts'

/** Everything that can be asked for. */
export type Command = PostMessage | OpenRoom | ChangePresence | JoinRoom | LeaveRoom

const decisions: { [Type in Command['type']]: Decision<Extract<Command, { type: Type }>, unknown> } = {
	PostMessage: postMessage,
	OpenRoom: openRoom,
	ChangePresence: changePresence,
	JoinRoom: joinRoom,
	LeaveRoom: leaveRoom,
}

export function decisionFor(command: Command): Decision<Command, unknown> {
	return decisions[command.type] as Decision<Command, unknown>
}
