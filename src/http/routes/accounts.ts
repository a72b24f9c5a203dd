import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { invitationUnknown } from '../../commands/accounts.ts'
import { parseAccountName, system } from '../../commands/actor.ts'
import { findInvitationByCode, type Invitation } from '../../projections/credentials.ts'
import { hashPassword } from '../auth/passwords.ts'
import { hashSecret, isWellFormed, newSecret } from '../auth/secrets.ts'
import { RequestError } from '../errors.ts'
import type { Services } from '../services.ts'
import { noQuery, validator } from '../validation.ts'

const newAccount = { code: Type.String({ maxLength: 256 }), name: Type.String(), password: Type.String() }
const checkNewAccount = validator(Type.Object(newAccount, { additionalProperties: false }), 'body')

/** How people get an account: the owner by the setup code, everybody else by an invitation. */
export function accountRoutes(app: FastifyInstance, services: Services): void {
	const { identities, setupCode, attempts, writer } = services

	app.post('/setup', { config: { policy: 'public' } }, async (request, reply) => {
		noQuery(request.query)
		if (identities.hasOwner || setupCode === undefined) {
			throw new RequestError('setup_over', 'This server has an owner. Ask them for an invitation.')
		}
		const { code, name: given, password } = checkNewAccount(request.body)
		attempts.check(request)
		if (!setupCode.matches(code)) {
			await attempts.failed(request, 'setup')
			const detail = 'This is not the setup code (any more). The server prints it, and keeps it in <data>/setup-code.'
			throw new RequestError('forbidden', detail, [{ field: '/code', problem: 'is not the setup code' }])
		}
		const name = parseAccountName(given, 'name')
		const token = newSecret('token')
		const hashes = { passwordHash: await hashPassword(password), tokenHash: hashSecret(token) }
		await writer.submit(system, { type: 'SetUp', name, ...hashes })
		return reply.code(201).send({ user: name, token })
	})

	app.post('/invites/accept', { config: { policy: 'public' } }, async (request, reply) => {
		noQuery(request.query)
		const { code, name: given, password } = checkNewAccount(request.body)
		attempts.check(request)
		const name = parseAccountName(given, 'name')
		if (!isWellFormed('invite', code) || !isOpen(findInvitationByCode(services.views, hashSecret(code)))) {
			await attempts.failed(request, 'invitation')
			throw invitationUnknown()
		}
		const token = newSecret('token')
		const hashes = { passwordHash: await hashPassword(password), tokenHash: hashSecret(token) }
		await writer.submit(system, { type: 'AcceptInvitation', codeHash: hashSecret(code), name, ...hashes })
		return reply.code(201).send({ user: name, token })
	})
}

function isOpen(invitation: Invitation | undefined): boolean {
	return invitation !== undefined && invitation.expiresAt > Date.now()
}
