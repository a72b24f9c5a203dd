import { TailroomError } from '../../client/error.ts'
import { UsageError } from '../command.ts'
import { complain } from '../complain.ts'
import { addressDefault, parseAddress } from './address.ts'
import { asNonsense } from './nonsense.ts'
import { configDirectory } from './private-files.ts'
import { SignIns } from './sign-ins.ts'
import { userNamed } from './user-names.ts'

/** Which server is asked, and as whom. */
export interface Remote {
	url: string
	token?: string
	/** The name of a guest. */
	guest?: string
	/** Where the token is from; `none`: a guest. */
	credentials: 'environment' | 'kept' | 'none'
}

export const remoteHelp = `Which server: the one that is named, else TAILROOM_URL, else the one that you signed in to last, else
${addressDefault}. As whom: --as is a guest of that name, where guests are let in; else the token in
TAILROOM_TOKEN, which goes to no other server than that of TAILROOM_URL, if that is set; else the sign-in that
"tailroom chat" keeps for that server; else a guest without a name.
`

/** What is named on the command line counts before the environment, and that before what is kept. */
export function findRemote(
	{ url: named, as }: { url?: string | undefined; as?: string | undefined },
	environment: NodeJS.ProcessEnv = process.env,
): Remote {
	const signIns = new SignIns(configDirectory(environment))
	const given = named ?? nonEmpty(environment.TAILROOM_URL)
	const url = given === undefined ? (signIns.last ?? addressDefault) : parseAddress(given)
	if (as !== undefined) return { url, guest: userNamed(as), credentials: 'none' }
	const token = tokenFor(url, environment)
	if (token !== undefined) {
		if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError('what TAILROOM_TOKEN holds is no token')
		return { url, token, credentials: 'environment' }
	}
	const kept = signIns.for(url)
	if (kept !== undefined) return { url, token: kept.token, credentials: 'kept' }
	return { url, credentials: 'none' }
}

/** Where TAILROOM_URL says whose token it is, nobody else is sent it. */
function tokenFor(url: string, { TAILROOM_URL, TAILROOM_TOKEN }: NodeJS.ProcessEnv): string | undefined {
	const token = nonEmpty(TAILROOM_TOKEN)
	const meant = nonEmpty(TAILROOM_URL)
	if (token === undefined || meant === undefined || parseAddress(meant) === url) return token
	complain(`TAILROOM_TOKEN is for ${parseAddress(meant)}, and is not sent to ${url}`)
	return undefined
}

/** What the server says of credentials says nothing of where they are from: it is said here. */
export function explained(error: unknown, { url, credentials, guest }: Remote): unknown {
	if (!(error instanceof TailroomError)) return asNonsense(error)
	const { status, code, fields, retryAfterS } = error
	const told = (detail: string) => {
		return new TailroomError(code, detail, { ...(status === undefined ? {} : { status }), fields, retryAfterS })
	}
	if (status === 401) {
		if (credentials === 'environment')
			return told(`The token in TAILROOM_TOKEN is not valid at ${url}, or not any more.`)
		const signIn = `tailroom chat ${url}`
		if (credentials === 'kept') return told(`Your sign-in at ${url} is not valid any more. Sign in again: ${signIn}`)
		return told(`${url} lets nobody in without an account. Sign in, ${signIn}, or set TAILROOM_TOKEN.`)
	}
	if (code === 'name_taken' && guest !== undefined) {
		return told(`${guest} is the name of an account: sign in instead, or choose another name for --as.`)
	}
	return error
}

function nonEmpty(text: string | undefined): string | undefined {
	return text === undefined || text === '' ? undefined : text
}
