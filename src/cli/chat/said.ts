import type { HistoryMessage } from '../../protocol/answers.ts'
import type { ErasureReason } from '../../protocol/frames.ts'
import { indented, printable, printableLine } from '../../protocol/message-line.ts'
import { userNamePattern } from '../remote/user-names.ts'
import type { Paint } from './paint.ts'

interface About {
	paint: Paint
	/** Who reads. */
	me: string
	/** The number of a message that is answered, if it is known. */
	sequenceOf?: ((id: string) => number | undefined) | undefined
	/** Shown where it is not that of the room on the screen. */
	place?: string | undefined
}

const erasures: Record<ErasureReason, string> = {
	author: 'deleted',
	moderator: 'deleted by a moderator',
	retention: 'not kept any longer',
	person: 'erased with its author',
}
/** Of more who reacted alike only the number is shown. */
const reactingNamesMax = 3

/** `#17 09:15 ada: hello`, and below it who reacted. */
export function messageText(message: HistoryMessage, { paint, me, sequenceOf, place }: About): string {
	const { sequence, sender, content, erased, editedAtMs, replyTo, reactions = [] } = message
	const answered = replyTo === undefined ? '' : ` ${paint.dim(`↳ ${answeredText(sequenceOf?.(replyTo))}`)}`
	const where = place === undefined ? '' : ` ${paint.dim(place)}`
	const head = `${paint.dim(`${numbered(sequence)} ${clock(message.timestamp)}`)}${where} ${nameText(sender, paint)}${answered}: `
	if (erased !== undefined) return head + paint.dim(`(${erasures[erased] ?? 'erased'})`)
	const edited = editedAtMs === undefined ? '' : ` ${paint.dim('(edited)')}`
	const reacted = reactions.map(({ emoji, users }) => `${printableLine(emoji)} ${people(users)}`).join('  ')
	return (
		head + contentText(content, message.mentions, { paint, me }) + edited + (reacted && `\n    ${paint.dim(reacted)}`)
	)
}

/** What somebody wrote, on as many lines; where it calls upon the reader, that stands out. */
export function contentText(content: string, mentions: readonly string[] = [], { paint, me }: About): string {
	const text = indented(printable(content).replaceAll('\t', '    '))
	const called = mentions.filter((name) => (name === me || name === 'room') && userNamePattern.test(name))
	if (called.length === 0) return text
	// Of what a name may hold only the dot means something else here.
	const names = called.map((name) => name.replaceAll('.', '\\.')).join('|')
	return text.replace(new RegExp(`@(?:${names})(?![a-z0-9_-])`, 'gi'), (word) => paint.call(word))
}

/** Something that happened. */
export function notice(text: string, paint: Paint): string {
	return paint.dim(`— ${printableLine(text)}`)
}

export function nameText(name: string, paint: Paint): string {
	return paint.name(printableLine(name))
}

/** By the reader's own clock. */
export function clock(timestamp: number): string {
	return new Date(timestamp).toTimeString().slice(0, 5)
}

export function dayOf(timestamp: number): string {
	const form = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const
	return new Date(timestamp).toLocaleDateString('en-GB', form)
}

/** A message by its number. What a server says is one may be something else. */
export function numbered(sequence: number): string {
	return `#${Number(sequence)}`
}

function answeredText(sequence: number | undefined): string {
	return sequence === undefined ? 'earlier' : numbered(sequence)
}

function people(users: readonly string[]): string {
	return users.length <= reactingNamesMax ? users.map(printableLine).join(', ') : `${Number(users.length)}`
}
