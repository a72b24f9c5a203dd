import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import type { RecordedEvent } from '../../events/log.ts'
import { auditedBefore } from '../../projections/audit.ts'
import { nameOfActor } from '../../projections/names.ts'
import { outOfRange } from '../errors.ts'
import { auditLimitDefault, auditLimitMax } from '../limits.ts'
import type { Services } from '../services.ts'
import { count, validator } from '../validation.ts'

const checkAuditQuery = validator(
	Type.Object({ before: count, limit: count }, { additionalProperties: false }),
	'query',
)

/** What an administrator looks through: who came in how, and who gave whom which right. Newest first. */
export function auditRoutes(app: FastifyInstance, { views, log, nameOf }: Services): void {
	app.get('/audit', { config: { policy: 'read-audit' } }, async (request) => {
		const query = checkAuditQuery(request.query)
		const limit = Number(query.limit ?? auditLimitDefault)
		if (limit < 1 || limit > auditLimitMax) throw outOfRange('limit', 1, auditLimitMax)
		const positions = auditedBefore(views, Number(query.before ?? Number.MAX_SAFE_INTEGER), limit)
		return { entries: positions.map((position) => entry(log.at(position) as RecordedEvent)) }
	})

	function entry({ position, recordedAt: timestamp, type, metadata, data, body }: RecordedEvent) {
		const by = nameOfActor(nameOf, metadata.actor)
		return { position, timestamp, type, by, ...withNames(data), ...addressIn(body) }
	}

	/** As people know them; what proves somebody's identity is nobody's to read, not even as a hash. Nor is where texts lay, and whose they were. */
	function withNames(data: RecordedEvent['data']): Record<string, unknown> {
		const { secretHash, codeHash, nameDigest, userId, replaces, erases, titleBy, topicBy, ...facts } = data as Record<
			string,
			unknown
		>
		return { ...(typeof userId === 'string' ? { user: nameOfActor(nameOf, userId) } : {}), ...facts }
	}
}

/** Where it came from, as long as that is kept. */
function addressIn(body: RecordedEvent['body']): Record<string, unknown> {
	return body !== null && 'address' in body ? { address: body.address, agent: body.agent } : {}
}
