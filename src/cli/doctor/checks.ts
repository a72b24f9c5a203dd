import { type Check, type Finding, type Installation, problem } from './check.ts'
import { directoryCheck, leftoversCheck, modeCheck, ownerCheck } from './directory.ts'
import { diskSpaceCheck, fileSystemCheck } from './disk.ts'
import { clockCheck, logCheck, walCheck } from './log.ts'
import { nodeCheck, openFilesCheck, sqliteCheck } from './machine.ts'
import { portCheck } from './port.ts'
import { serverCheck } from './server.ts'
import { proxyCheck, publicUrlCheck, settingsCheck } from './settings.ts'
import { viewsCheck } from './views.ts'

/** From what the rest stands on to what is seen of it. */
const checks: readonly Check[] = [
	nodeCheck,
	sqliteCheck,
	openFilesCheck,
	settingsCheck,
	publicUrlCheck,
	proxyCheck,
	directoryCheck,
]

/** Of a directory that is none, or not to be used by who runs this, all of these would say only that. */
const checksInside: readonly Check[] = [
	ownerCheck,
	modeCheck,
	fileSystemCheck,
	diskSpaceCheck,
	serverCheck,
	portCheck,
	logCheck,
	clockCheck,
	walCheck,
	viewsCheck,
	leftoversCheck,
]

export interface NamedFinding extends Finding {
	name: string
}

/** Looks at everything, one after the other. */
export async function examine(installation: Installation): Promise<NamedFinding[]> {
	const findings = await lookAt(checks, installation)
	const isUsable = !findings.some(({ name, state }) => name === directoryCheck.name && state === 'problem')
	return isUsable ? [...findings, ...(await lookAt(checksInside, installation))] : findings
}

async function lookAt(checks: readonly Check[], installation: Installation): Promise<NamedFinding[]> {
	const findings: NamedFinding[] = []
	for (const { name, look } of checks) {
		const finding = await lookedAt(() => look(installation))
		if (finding !== undefined) findings.push({ name, ...finding })
	}
	return findings
}

/** That something cannot be looked at is a problem too, and what is thrown says which. */
async function lookedAt(look: () => ReturnType<Check['look']>): Promise<Finding | undefined> {
	try {
		return await look()
	} catch (error) {
		const { message } = error as Error
		return problem(`${message.charAt(0).toUpperCase()}${message.slice(1)}`)
	}
}
