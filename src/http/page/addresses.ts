/** Addresses at which the app is shown, as the router writes them; what they say is read by the app itself. */
export const appRoutes = ['/', '/setup', '/invite', '/chat', '/chat/*', '/settings', '/settings/*'] as const

/** Whether the app is shown there. */
export function isAppPath(path: string): boolean {
	return /^\/(setup|invite|(chat|settings)(\/.*)?)?$/.test(path)
}
