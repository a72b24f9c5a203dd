/**
 * What the app may do: load and ask its own server, and nothing else. Nothing that stands in the page itself runs or
 * is applied, no text becomes HTML or code (trusted types, with the one policy that names the service worker), and no form
 * is sent by the browser.
 */
export const pagePolicy = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"connect-src 'self'",
	"img-src 'self'",
	"manifest-src 'self'",
	"worker-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
	"require-trusted-types-for 'script'",
	'trusted-types service-worker',
].join('; ')

/** What the service worker of the app may do: ask its own server for the files of the app. */
export const workerPolicy = "default-src 'none'; connect-src 'self'"
