import helmet from '@fastify/helmet'
import Fastify from 'fastify'
import type { HttpConfig } from './config.ts'

/**
 * What every answer tells a browser, by the names in lower case. A page replaces the policy by its own.
 *
 * They are helmet's. It makes them anew for each request, which takes as long as the rest of a small one,
 * and they are always the same: so they are asked for once.
 */
export async function browserRules({
	publicUrl,
}: Pick<HttpConfig, 'publicUrl'>): Promise<Readonly<Record<string, string>>> {
	const probe = Fastify()
	await probe.register(helmet, {
		contentSecurityPolicy: { useDefaults: false, directives: answerPolicy },
		xFrameOptions: { action: 'deny' },
		strictTransportSecurity: publicUrl?.protocol === 'https:' && { maxAge: httpsOnlyS, includeSubDomains: false },
	})
	probe.get('/', async () => '')
	const { headers } = await probe.inject('/')
	await probe.close()
	const rules = Object.entries(headers).filter(([name]) => !ofAnyAnswer.has(name)) as [string, string][]
	return { ...Object.fromEntries(rules), 'cache-control': 'no-store' }
}

/** What an answer would have without helmet. */
const ofAnyAnswer: ReadonlySet<string> = new Set(['content-type', 'content-length', 'date', 'connection'])

/** Where whoever has once come over https is to come back over it: a year. */
const httpsOnlyS = 31_536_000

/** An answer that is shown in place of a page loads nothing, runs nothing and sends nothing. */
const answerPolicy = {
	defaultSrc: ["'none'"],
	baseUri: ["'none'"],
	formAction: ["'none'"],
	frameAncestors: ["'none'"],
}
