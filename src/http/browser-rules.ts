import type { HttpConfig } from './services.ts'

/** What every answer tells a browser, by the names in lower case. A page replaces the policy by its own. */
export function browserRules({ publicUrl }: Pick<HttpConfig, 'publicUrl'>): Readonly<Record<string, string>> {
	return {
		'cache-control': 'no-store',
		'content-security-policy': answerPolicy,
		// A page of another site gets neither what stands here nor a hold on a window that shows it.
		'cross-origin-opener-policy': 'same-origin',
		'cross-origin-resource-policy': 'same-origin',
		'referrer-policy': 'no-referrer',
		'x-content-type-options': 'nosniff',
		// For browsers that do not know frame-ancestors.
		'x-frame-options': 'DENY',
		...(publicUrl?.protocol === 'https:' ? { 'strict-transport-security': `max-age=${httpsOnlyS}` } : {}),
	}
}

/** Where whoever has once come over https is to come back over it: a year. */
const httpsOnlyS = 31_536_000

/** An answer that is shown in place of a page loads nothing, runs nothing and sends nothing. */
const answerPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
