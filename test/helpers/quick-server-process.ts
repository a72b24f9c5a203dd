import { startApp } from '../../src/app.ts'

// A server whose times are short: what a minute would show is seen in a second.
const [, , directory = '', settings = '{}'] = process.argv
const app = await startApp({
	directory,
	host: '127.0.0.1',
	port: 0,
	guests: false,
	publicUrl: undefined,
	trustedProxies: [],
	postsPerSecond: 0,
	webhookNetworks: [],
	presenceGraceMs: 100,
	heartbeatMs: 300,
	readMarkerEveryMs: 200,
	version: 'test',
	fatal(error) {
		throw error
	},
	...JSON.parse(settings),
})
process.stdout.write(`${app.url}\n`)
