import type { FastifyRequest } from 'fastify'
import { isControl } from '../control.ts'
import type { Services } from '../services.ts'

/** Under which address a caller reaches this server, without a slash at the end. */
export function addressOf(request: FastifyRequest, { config, url }: Pick<Services, 'config' | 'url'>): string {
	if (config.publicUrl !== undefined) return config.publicUrl.origin
	return isControl(request.raw.socket) ? url() : `http://${request.host}`
}
