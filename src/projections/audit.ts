import type { EventType } from '../events/catalogue.ts'
import { isDirect } from '../events/direct.ts'
import type { Position } from '../events/log.ts'
import type { Projection } from './projection.ts'
import type { Views } from './views.ts'

/** What an administrator looks through: who came in how, and who gave whom which right. */
const audited: readonly EventType[] = [
	'RoomOpened',
	'RoomChanged',
	'MemberAdded',
	'MemberRemoved',
	'PersonBanned',
	'BanLifted',
	'PersonMuted',
	'MuteLifted',
	'UserJoined',
	'RoleChanged',
	'UserDeactivated',
	'UserReactivated',
	'UserErased',
	'PasswordSet',
	'SessionOpened',
	'SessionEnded',
	'TokenIssued',
	'TokenRevoked',
	'HookIssued',
	'HookRevoked',
	'WebhookIssued',
	'WebhookRevoked',
	'InvitationIssued',
	'InvitationRevoked',
	'AttemptRefused',
	'AddressesErased',
]

export const audit: Projection = {
	name: 'audit',
	version: 7,
	handles: {
		...Object.fromEntries(audited.map((type) => [type, keepAudited])),
		HistoryCleared(views, event) {
			// What is erased in time nobody has done.
			if (event.data.reason === 'moderator') keepAudited(views, event)
		},
		MessageDeleted(views, event) {
			if (event.data.reason === 'moderator') keepAudited(views, event)
		},
	},
}

/** That two people talk is for nobody else to see, also where what they said is erased in time. */
function keepAudited(views: Views, { streamId, position }: { streamId: string; position: Position }): void {
	if (!isDirect(streamId)) views.run('INSERT INTO audit VALUES (?)', position)
}

export const addresses: Projection = {
	name: 'addresses',
	version: 2,
	handles: {
		SessionOpened: keepAddress,
		AttemptRefused: keepAddress,
		AddressesErased(views, { data: { positions } }) {
			forgetAddresses(views, positions)
		},
		UserErased: (views, { data }) => forgetAddresses(views, data.erases),
		TextsErased: (views, { data }) => forgetAddresses(views, data.erases),
	},
}

function keepAddress(views: Views, { position, recordedAt }: { position: Position; recordedAt: number }): void {
	views.run('INSERT INTO addresses VALUES (?, ?)', position, recordedAt)
}

function forgetAddresses(views: Views, positions: readonly Position[]): void {
	for (const position of positions) views.run('DELETE FROM addresses WHERE position = ?', position)
}

/** The newest positions before that one, newest first. */
export function auditedBefore(views: Views, before: Position, limit: number): Position[] {
	const sql = 'SELECT position FROM audit WHERE position < ? ORDER BY position DESC LIMIT ?'
	return views.prepare(sql).pluck().all(before, limit) as Position[]
}

/** Where addresses are that were recorded before that time, in Unix milliseconds; the oldest first. */
export function addressesBefore(views: Views, time: number, limit: number): Position[] {
	const sql = 'SELECT position FROM addresses WHERE recorded_at < ? ORDER BY recorded_at LIMIT ?'
	return views.prepare(sql).pluck().all(time, limit) as Position[]
}
