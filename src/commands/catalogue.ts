import { type AcceptInvitation, type AddUser, acceptInvitation, addUser, type SetUp, setUp } from './accounts.ts'
import { type EraseAddresses, eraseAddresses, type RecordAttempt, recordAttempt } from './audit.ts'
import type { Decision } from './decision.ts'
import { type EraseUser, eraseUser, type FinishErasing, finishErasing } from './erasing.ts'
import { type ApplyRetention, applyRetention, type ClearHistory, clearHistory } from './history.ts'
import { type IssueHook, issueHook, type RevokeHook, revokeHook } from './hooks.ts'
import { type IssueInvitation, issueInvitation, type RevokeInvitation, revokeInvitation } from './invitations.ts'
import { type AddMember, addMember, type RemoveMember, removeMember } from './members.ts'
import {
	type DeleteMessage,
	deleteMessage,
	type EditMessage,
	editMessage,
	type PostMessage,
	postMessage,
} from './messages.ts'
import {
	type ChangePresence,
	changePresence,
	type ErasePresenceTexts,
	erasePresenceTexts,
	type JoinRoom,
	joinRoom,
	type LeaveRoom,
	leaveRoom,
} from './presence.ts'
import { type React, react } from './reactions.ts'
import { type MoveReadMarker, moveReadMarker } from './read-markers.ts'
import { type ChangeRoom, changeRoom, type OpenRoom, openRoom } from './rooms.ts'
import {
	type BanPerson,
	banPerson,
	type EraseSanctionTexts,
	eraseSanctionTexts,
	type LiftBan,
	type LiftMute,
	liftBan,
	liftMute,
	type MutePerson,
	mutePerson,
} from './sanctions.ts'
import { type EndSessions, endSessions, type OpenSession, openSession } from './sessions.ts'
import { type IssueToken, issueToken, type RevokeToken, revokeToken } from './tokens.ts'
import { type ChangeUser, changeUser } from './users.ts'
import { type IssueWebhook, issueWebhook, type RevokeWebhook, revokeWebhook } from './webhooks.ts'

/** Everything that can be asked for. */
export type Command =
	| PostMessage
	| React
	| EditMessage
	| DeleteMessage
	| ClearHistory
	| ApplyRetention
	| OpenRoom
	| ChangeRoom
	| AddMember
	| RemoveMember
	| BanPerson
	| LiftBan
	| MutePerson
	| LiftMute
	| MoveReadMarker
	| ChangePresence
	| JoinRoom
	| LeaveRoom
	| SetUp
	| AcceptInvitation
	| AddUser
	| ChangeUser
	| EraseUser
	| FinishErasing
	| OpenSession
	| EndSessions
	| IssueToken
	| RevokeToken
	| IssueHook
	| RevokeHook
	| IssueWebhook
	| RevokeWebhook
	| IssueInvitation
	| RevokeInvitation
	| RecordAttempt
	| EraseAddresses
	| ErasePresenceTexts
	| EraseSanctionTexts

const decisions: { [Type in Command['type']]: Decision<Extract<Command, { type: Type }>, unknown> } = {
	PostMessage: postMessage,
	React: react,
	EditMessage: editMessage,
	DeleteMessage: deleteMessage,
	ClearHistory: clearHistory,
	ApplyRetention: applyRetention,
	OpenRoom: openRoom,
	ChangeRoom: changeRoom,
	AddMember: addMember,
	RemoveMember: removeMember,
	BanPerson: banPerson,
	LiftBan: liftBan,
	MutePerson: mutePerson,
	LiftMute: liftMute,
	MoveReadMarker: moveReadMarker,
	ChangePresence: changePresence,
	JoinRoom: joinRoom,
	LeaveRoom: leaveRoom,
	SetUp: setUp,
	AcceptInvitation: acceptInvitation,
	AddUser: addUser,
	ChangeUser: changeUser,
	EraseUser: eraseUser,
	FinishErasing: finishErasing,
	OpenSession: openSession,
	EndSessions: endSessions,
	IssueToken: issueToken,
	RevokeToken: revokeToken,
	IssueHook: issueHook,
	RevokeHook: revokeHook,
	IssueWebhook: issueWebhook,
	RevokeWebhook: revokeWebhook,
	IssueInvitation: issueInvitation,
	RevokeInvitation: revokeInvitation,
	RecordAttempt: recordAttempt,
	EraseAddresses: eraseAddresses,
	ErasePresenceTexts: erasePresenceTexts,
	EraseSanctionTexts: eraseSanctionTexts,
}

export function decisionFor(command: Command): Decision<Command, unknown> {
	return decisions[command.type] as Decision<Command, unknown>
}
