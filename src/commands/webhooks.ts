import type { NewEvent } from '../events/catalogue.ts'
import type { Position } from '../events/log.ts'
import { findUserByName, type User } from '../projections/users.ts'
import { countWebhooks, findWebhook, type Webhook } from '../projections/webhooks.ts'
import type { Decision } from './decision.ts'
import { filterCharsMax, labelCharsMax, webhooksMax, webhookUrlCharsMax } from './limits.ts'
import { Refusal } from './refusal.ts'
import { checkRoomName, loadNamed, type NamedRoom, visible } from './rooms.ts'
import { checkLine } from './text.ts'
import { type HeldState, mayIn, revoking, whoseToBe } from './tokens.ts'

/** Has what one may see, or a bot that one administers, posted to an address. */
export interface IssueWebhook {
	type: 'IssueWebhook'
	/** Who hears. */
	name: string
	/** Where; absent: in all rooms that the user belongs to. No conversation: who talks to whom is not for the audit. */
	room?: string
	url: string
	secret: string
	/** What it is for. */
	label: string
	/** The frames that are wanted; absent: all. */
	filter?: string
	/** Where it begins; absent: here. */
	after?: Position
	/** What is answered is said in the room. */
	replies?: true
}

export interface RevokeWebhook {
	type: 'RevokeWebhook'
	webhookId: string
}

interface IssueState {
	user: User | undefined
	webhookCount: number
	named: NamedRoom | undefined
	/** Whether the user may, with all that they may. */
	mayRead: boolean
}

export const issueWebhook: Decision<IssueWebhook, IssueState> = {
	load(views, { name, room }, request) {
		const user = findUserByName(views, name)
		const named = room === undefined ? undefined : loadNamed(views, room, request)
		return {
			user,
			webhookCount: user === undefined ? 0 : countWebhooks(views, user.userId),
			named,
			mayRead: named === undefined || mayIn(views, user, named, 'read', request.now),
		}
	},

	decide(command, { user, webhookCount, named, mayRead }, { actor, id }) {
		const { name, url, secret, label, filter, after, replies } = command
		const { userId } = whoseToBe(actor, user, name)
		const roomId = named && roomIdOf(named)
		if (!mayRead) throw new Refusal('forbidden', `User ${name} may not read ${named?.slug}: let them in.`, 'room')
		checkLine(label, 'label', labelCharsMax)
		checkUrl(url)
		if (filter !== undefined && filter.length > filterCharsMax) {
			throw new Refusal('malformed', `A filter has at most ${filterCharsMax} characters.`, 'filter')
		}
		if (webhookCount >= webhooksMax) {
			const detail = `There are ${webhooksMax} webhooks of ${name}, the most one can have. Revoke some.`
			throw new Refusal('limit_reached', detail)
		}
		const data = {
			userId,
			webhookId: id,
			...(roomId === undefined ? {} : { roomId }),
			...(after === undefined ? {} : { after }),
			...(replies === undefined ? {} : { replies }),
		}
		const body = { label, url, secret, ...(filter === undefined ? {} : { filter }) }
		return [{ streamId: userId, type: 'WebhookIssued', data, body }]

		function roomIdOf(named: NamedRoom): string {
			checkRoomName(named.slug)
			return visible(named, actor).room.roomId
		}
	},
}

function checkUrl(text: string): void {
	const url = text.length <= webhookUrlCharsMax ? URL.parse(text) : null
	const isFit = url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.hash === ''
	if (isFit && isEncoded(url.username + url.password)) return
	const detail = `An address begins with https:// or http://, has no fragment, at most ${webhookUrlCharsMax} characters, and before @ every % encodes something.`
	throw new Refusal('url_unfit', detail, 'url')
}

export const revokeWebhook: Decision<RevokeWebhook, HeldState<Webhook>> = revoking(
	'webhook',
	(views, { webhookId }) => findWebhook(views, webhookId),
	webhookRevoked,
)

function isEncoded(text: string): boolean {
	try {
		return decodeURIComponent(text) !== undefined
	} catch {
		return false
	}
}

/** Nothing is posted by it any more; where to, and its secret, are in no file. */
export function webhookRevoked({ userId, webhookId, position }: Webhook): NewEvent {
	return { streamId: userId, type: 'WebhookRevoked', data: { userId, webhookId, erases: [position] }, body: null }
}
