import type { NewEvent } from '../events/catalogue.ts'
import type { Position } from '../events/log.ts'
import { findSession, listSessions, type Session } from '../projections/credentials.ts'
import { findUser, type User } from '../projections/users.ts'
import type { Views } from '../projections/views.ts'
import type { Decision } from './decision.ts'
import { sessionMs, sessionsMax } from './limits.ts'
import { can } from './policy.ts'
import { Refusal } from './refusal.ts'
import { noLongerValid } from './standing.ts'

/** Signs somebody in whose password was checked. */
export interface OpenSession {
	type: 'OpenSession'
	userId: string
	/** Where the hash is that the password was checked against: since then it may have been changed. */
	passwordPosition: Position
	secretHash: string
	/** The session that the same browser had until now, whoever's it was: it ends. */
	replaces?: string
	address: string
	agent: string
}

/** Signs somebody out: of one session, or without `sessionId` of all. */
export interface EndSessions {
	type: 'EndSessions'
	userId: string
	sessionId?: string
}

interface SessionsState {
	user: User | undefined
	/** The oldest first. */
	sessions: readonly Session[]
}

function loadSessions(views: Views, { userId }: OpenSession | EndSessions): SessionsState {
	return { user: findUser(views, userId), sessions: listSessions(views, userId) }
}

interface OpenState extends SessionsState {
	replaced: Session | undefined
}

export const openSession: Decision<OpenSession, OpenState> = {
	load: (views, command) => ({
		...loadSessions(views, command),
		replaced: command.replaces === undefined ? undefined : findSession(views, command.replaces),
	}),
	decide({ userId, passwordPosition, secretHash, address, agent }, { user, sessions, replaced }, { id, now }) {
		if (user?.active !== true || user.passwordPosition !== passwordPosition) throw noLongerValid()
		const kept = sessions.filter(({ sessionId }) => sessionId !== replaced?.sessionId)
		const surplus = kept.slice(0, Math.max(0, kept.length - sessionsMax + 1))
		const ended = [...(replaced === undefined ? [] : [replaced]), ...surplus]
		const data = { userId, sessionId: id, secretHash, expiresAtMs: now + sessionMs }
		return [
			...ended.map((session) => ending(session.userId, session.sessionId)),
			{ streamId: userId, type: 'SessionOpened', data, body: { address, agent } },
		]
	},
}

export const endSessions: Decision<EndSessions, SessionsState> = {
	load: loadSessions,
	decide({ userId, sessionId }, { user, sessions }, { actor }) {
		const isOwn = actor.userId === userId && can(actor, { action: 'own-sessions' })
		const isTheirs = user !== undefined && can(actor, { action: 'change-user', user, to: user.role })
		if (!isOwn && !isTheirs) throw new Refusal('forbidden', 'You may not sign that person out.')
		if (sessionId === undefined) return sessions.length === 0 ? [] : [ending(userId)]
		if (sessions.some((session) => session.sessionId === sessionId)) return [ending(userId, sessionId)]
		throw new Refusal('not_found', 'You have no such session.', 'id')
	},
}

function ending(userId: string, sessionId?: string): NewEvent {
	const which = sessionId === undefined ? {} : { sessionId }
	return { streamId: userId, type: 'SessionEnded', data: { userId, ...which }, body: null }
}
