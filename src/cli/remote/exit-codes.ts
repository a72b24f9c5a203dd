import type { TailroomError } from '../../client/error.ts'

/** With what a command that talks to a server ends, in the words of its --help: those of `sysexits.h`, where it has one. */
export const exitCodes = {
	done: 0,
	usage: 64,
	refused: 65,
	noRoom: 66,
	unreachable: 69,
	notWritten: 74,
	busy: 75,
	notTailroom: 76,
	notAllowed: 77,
	interrupted: 130,
} as const

export const exitCodesHelp = `Exits with
  0    done
  64   the command line is wrong
  65   refused as it is: trying again changes nothing
  66   there is no such room, or it is not yours to see
  69   the server cannot be reached, or its certificate is not to be trusted
  74   what is printed cannot be written, as on a full disk; what was said is said
  75   not now: busy, too fast, or its disk is full; try again
  76   what answers is not a Tailroom server, or one of another protocol
  77   not signed in, or not allowed
  130  Ctrl-C
`

/** Whether trying again can help is what scripts want to know; so first what happened, then what the server said. */
export function exitCodeOf({ code, status = 0 }: TailroomError): number {
	switch (code) {
		case 'unreachable':
		case 'certificate_invalid':
		case 'connection_refused':
		case 'closed':
			return exitCodes.unreachable
		case 'not_tailroom':
		case 'protocol_unknown':
			return exitCodes.notTailroom
		case 'outbox_full':
			return exitCodes.busy
	}
	if (status === 401 || status === 403) return exitCodes.notAllowed
	if (status === 404) return exitCodes.noRoom
	if (status === 429 || status >= 500) return exitCodes.busy
	return exitCodes.refused
}
