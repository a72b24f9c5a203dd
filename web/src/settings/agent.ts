const browsers = [
	['Edg', 'Edge'],
	['OPR', 'Opera'],
	['Firefox', 'Firefox'],
	['FxiOS', 'Firefox'],
	['SamsungBrowser', 'Samsung Internet'],
	['HeadlessChrome', 'Chromium'],
	['Chromium', 'Chromium'],
	['CriOS', 'Chrome'],
	['Chrome', 'Chrome'],
	['Safari', 'Safari'],
	['curl', 'curl'],
] as const

const systems = [
	['iPhone', 'an iPhone'],
	['iPad', 'an iPad'],
	['Android', 'Android'],
	['CrOS', 'ChromeOS'],
	['Windows', 'Windows'],
	['Mac OS', 'a Mac'],
	['Linux', 'Linux'],
] as const

/** What a program calls itself, in words: `Chromium on Linux`. What is not known is shown as it is, but not all of it. */
export function agentWords(agent: string): string {
	const browser = named(browsers, agent)
	const system = named(systems, agent)
	if (browser !== undefined) return system === undefined ? browser : `${browser} on ${system}`
	if (agent === '') return 'An unnamed program'
	return agent.length > 60 ? `${agent.slice(0, 60)}…` : agent
}

/** The first that is in it: many say that they are others, too. */
function named(list: readonly (readonly [sign: string, name: string])[], agent: string): string | undefined {
	return list.find(([sign]) => agent.includes(sign))?.[1]
}
