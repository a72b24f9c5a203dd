/** What `GET /audit` lists; besides these, whatever the event says. */
export interface AuditEntry {
	position: number
	/** Unix milliseconds. */
	timestamp: number
	type: string
	/** Who did it. */
	by: string
	/** Whom it concerns. */
	user?: string
	/** Where it came from, as long as that is kept. */
	address?: string
	agent?: string
	[fact: string]: unknown
}

/** What happened, as one would tell it. */
export function sentenceOf(entry: AuditEntry): string {
	return (tellings[entry.type] ?? anythingElse)(new Telling(entry))
}

/** The words for one entry. */
class Telling {
	readonly entry: AuditEntry

	constructor(entry: AuditEntry) {
		this.entry = entry
	}

	get by(): string {
		return this.entry.by === 'system' ? 'The server' : this.entry.by
	}

	get user(): string {
		return this.entry.user ?? 'somebody'
	}

	get isOwn(): boolean {
		return this.entry.user === this.entry.by
	}

	/** ` for bob`, where it was not for oneself. */
	get forUser(): string {
		return this.isOwn ? '' : ` for ${this.user}`
	}

	get room(): string {
		return `#${this.fact('room')}`
	}

	/** ` until 1 December 2026`, or nothing. */
	get until(): string {
		const { untilMs } = this.entry
		return typeof untilMs === 'number' ? ` until ${new Date(untilMs).toLocaleString()}` : ' for good'
	}

	fact(name: string): string {
		return String(this.entry[name] ?? '')
	}
}

const roles: Readonly<Record<string, string>> = {
	owner: 'an owner',
	admin: 'an administrator',
	member: 'a member',
	moderator: 'a moderator',
	bot: 'a bot',
}

const attempts: Readonly<Record<string, string>> = {
	setup: 'A wrong setup code was refused',
	invitation: 'An invitation that is not valid was refused',
	hook: 'A wrong secret was refused at a hook',
}

const tellings: Readonly<Record<string, (it: Telling) => string>> = {
	RoomOpened: (it) => `${it.by} opened the ${it.fact('visibility')} room ${it.room}`,
	RoomChanged: (it) =>
		`${it.by} changed ${it.room}: it is ${it.fact('visibility')}${it.entry.archived === true ? ' and archived' : ''}`,
	MemberAdded: (it) => {
		const as = it.fact('role') === 'moderator' ? ' as a moderator' : ''
		return it.isOwn ? `${it.user} joined ${it.room}${as}` : `${it.by} added ${it.user} to ${it.room}${as}`
	},
	MemberRemoved: (it) => (it.isOwn ? `${it.user} left ${it.room}` : `${it.by} removed ${it.user} from ${it.room}`),
	PersonBanned: (it) => `${it.by} banned ${it.user} from ${it.room}${it.until}`,
	BanLifted: (it) => `${it.by} lifted the ban of ${it.user} from ${it.room}`,
	PersonMuted: (it) => `${it.by} muted ${it.user} in ${it.room}${it.until}`,
	MuteLifted: (it) => `${it.by} lets ${it.user} speak again in ${it.room}`,
	UserJoined: (it) => {
		const as = roles[it.fact('role')] ?? it.fact('role')
		if (it.entry.invitationId !== undefined) return `${it.user} joined by an invitation as ${as}`
		return it.entry.by === 'system' || it.isOwn ? `${it.user} joined as ${as}` : `${it.by} added ${it.user} as ${as}`
	},
	RoleChanged: (it) => `${it.by} made ${it.user} ${roles[it.fact('role')] ?? it.fact('role')}`,
	UserDeactivated: (it) => `${it.by} deactivated ${it.user}`,
	UserReactivated: (it) => `${it.by} activated ${it.user} again`,
	UserErased: (it) =>
		`${it.by} erased ${it.isOwn ? 'their account' : it.user}${it.entry.messages ? ' and all they wrote' : ''}`,
	PasswordSet: (it) => {
		if (it.isOwn) return `${it.user} changed their password`
		return it.entry.by === 'system' ? `${it.user} has a password` : `${it.by} gave ${it.user} a new password`
	},
	SessionOpened: (it) => `${it.user} signed in`,
	SessionEnded: (it) => {
		const everywhere = it.entry.sessionId === undefined ? ' everywhere' : ''
		return it.isOwn ? `${it.user} signed out${everywhere}` : `${it.by} signed ${it.user} out${everywhere}`
	},
	TokenIssued: (it) => `${it.by} made a token${it.forUser} (${it.fact('scope')})`,
	TokenRevoked: (it) => `${it.by} revoked a token${it.isOwn ? '' : ` of ${it.user}`}`,
	HookIssued: (it) => `${it.by} made a hook${it.forUser}`,
	HookRevoked: (it) => `${it.by} deleted a hook${it.isOwn ? '' : ` of ${it.user}`}`,
	WebhookIssued: (it) => `${it.by} made a webhook${it.forUser}`,
	WebhookRevoked: (it) => `${it.by} deleted a webhook${it.isOwn ? '' : ` of ${it.user}`}`,
	InvitationIssued: (it) => `${it.by} made an invitation for ${roles[it.fact('role')] ?? it.fact('role')}`,
	InvitationRevoked: (it) => `${it.by} revoked an invitation`,
	AttemptRefused: (it) => {
		const attempt = it.fact('attempt')
		if (attempt !== 'sign-in') return attempts[attempt] ?? `A wrong ${attempt} was refused`
		return it.entry.user === undefined
			? 'A wrong name or password was refused'
			: `A wrong password for ${it.user} was refused`
	},
	AddressesErased: () => 'The server erased addresses that were old enough',
	HistoryCleared: (it) => `${it.by} cleared the history of ${it.room} up to ${it.fact('through')}`,
	MessageDeleted: (it) => `${it.by} deleted what somebody else wrote in ${it.room}`,
}

/** Of a kind that is newer than this page: its name in words, and what it concerns. */
function anythingElse(it: Telling): string {
	const words = it.entry.type.replace(/(?<=.)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
	const about = [it.entry.user, it.entry.room === undefined ? undefined : it.room].filter(Boolean).join(', ')
	return `${words}${about && `: ${about}`} (by ${it.by})`
}
