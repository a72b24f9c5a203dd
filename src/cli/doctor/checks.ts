import { type Check, type Finding, type Installation, problem } from './check.ts'
import { directoryCheck, leftoversCheck, modeCheck, ownerCheck } from './directory.ts'
import { diskSpaceCheck, fileSystemCheck } from './disk.ts'
import { filesCheck } from './files.ts'
import { clockCheck, logCheck, walCheck } from './log.ts'
import { nodeCheck, openFilesCheck, sqliteCheck } from './machine.ts'
import { portCheck } from './port.ts'
import { serverCheck } from './server.ts'
import { keepingCheck, limitsCheck, proxyCheck, publicUrlCheck, settingsCheck } from './settings.ts'
import { viewsCheck } from './views.ts'

/** From what the rest stands on to what is seen of it. */
const checks: readonly Check[] = [
	nodeCheck,
	sqliteCheck,
	openFilesCheck,
	settingsCheck,
	publicUrlCheck,
	proxyCheck,
	limitsCheck,
	keepingCheck,
	directoryCheck,
]

/** Of a directory that is none, or not to be used by who runs this, and without SQLite, all of these would say only that. */
const checksInside: readonly Check[] = [
	ownerCheck,
	modeCheck,
	filesCheck,
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
	const needed = [sqliteCheck.name, directoryCheck.name]
	const isUsable = !findings.some(({ name, state }) => needed.includes(name) && state === 'problem')
	return isUsable ? [...findings, ...(await lookAt(checksInside, installation))] : findings
}

async function lookAt(checks: readonly Check[], installation: Installation): Promise<NamedFinding[]> {
	const findings: NamedFinding[] = []
	for (const { name, look } of checks) {
		const finding = await lookedAt(() => look(installation))
		// One cause can be in the way of several checks.
		const isTold = finding?.state === 'problem' && findings.some(({ says }) => says === finding.says)
		if (finding !== undefined && !isTold) findings.push({ name, ...finding })
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
