/** What the operator says of how the server is reached, and who may come in. */
export interface HttpConfig {
	/** Callers without credentials may read and post in open rooms. */
	guests: boolean
	/** The address under which people reach this server, if it is not its own. */
	publicUrl: URL | undefined
	/** Who may say, by X-Forwarded-For, from where a request comes: addresses and networks. */
	trustedProxies: string[]
	version: string
	/** Addresses and networks that webhooks may reach though they are not public. */
	webhookNetworks: string[]
}
