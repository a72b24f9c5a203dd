import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { RebuildUnderWay } from '../../commands/rebuilding.ts'
import { ownFingerprint } from '../../projections/files.ts'
import { progressEveryMs } from '../limits.ts'
import type { Services } from '../services.ts'
import { validator } from '../validation.ts'

const checkQuery = validator(
	Type.Object({ views: Type.Optional(Type.String({ maxLength: 64 })) }, { additionalProperties: false }),
	'query',
)

/**
 * Building the views anew while the server writes, for the machine's administration alone. The answer
 * is a JSON object a line: `{done, total}` now and then, both positions of the log; at last `{events}`,
 * or the `error` because of which the old views stay. Who asks for other `views` than this version has is told
 * `{isOther: true}`, and nothing is built.
 */
export function rebuildRoutes(app: FastifyInstance, { writer, failed }: Services): void {
	app.post('/rebuild', { config: { policy: 'operate' } }, async (request, reply) => {
		const { views = ownFingerprint() } = checkQuery(request.query)
		if (views !== ownFingerprint()) return reply.type('application/x-ndjson').send('{"isOther":true}\n')
		let progress: { done: number; total: number } | undefined
		const outcome = writer
			.rebuild((done, total) => {
				progress = { done, total }
			})
			.catch((error: unknown) => {
				if (error instanceof RebuildUnderWay) return { error: error.message }
				failed(error, request)
				return { error: `the views could not be built: ${(error as Error).message}` }
			})

		async function* lines(): AsyncGenerator<string> {
			let result: Awaited<typeof outcome> | undefined
			while (result === undefined) {
				result = await Promise.race([outcome, sleep(progressEveryMs, undefined, { ref: false })])
				yield `${JSON.stringify(result ?? progress ?? { done: 0, total: 0 })}\n`
			}
		}
		return reply.type('application/x-ndjson').send(Readable.from(lines()))
	})
}
