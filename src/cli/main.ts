import { TailroomError } from '../client/error.ts'
import { type Command, UsageError } from './command.ts'
import { complain } from './complain.ts'
import { endWhereNothingCanBePrinted } from './printed.ts'
import { exitCodeOf, exitCodes } from './remote/exit-codes.ts'
import { didYouMean } from './suggestion.ts'
import { version } from './version.ts'

/** Each is loaded when it is asked for: who sends a line does not wait for a server. */
const commands: Record<string, () => Promise<Command>> = {
	serve: async () => (await import('./serve.ts')).serveCommand,
	config: async () => (await import('./config.ts')).configCommand,
	doctor: async () => (await import('./doctor.ts')).doctorCommand,
	verify: async () => (await import('./verify.ts')).verifyCommand,
	rebuild: async () => (await import('./rebuild.ts')).rebuildCommand,
	backup: async () => (await import('./backup.ts')).backupCommand,
	restore: async () => (await import('./restore.ts')).restoreCommand,
	export: async () => (await import('./export.ts')).exportCommand,
	import: async () => (await import('./import.ts')).importCommand,
	user: async () => (await import('./user.ts')).userCommand,
	token: async () => (await import('./token.ts')).tokenCommand,
	hook: async () => (await import('./hook.ts')).hookCommand,
	webhook: async () => (await import('./webhook.ts')).webhookCommand,
	room: async () => (await import('./room.ts')).roomCommand,
	invite: async () => (await import('./invite.ts')).inviteCommand,
	chat: async () => (await import('./chat.ts')).chatCommand,
	send: async () => (await import('./send.ts')).sendCommand,
	tail: async () => (await import('./tail.ts')).tailCommand,
}

async function help(): Promise<string> {
	const loaded = Object.entries(commands).map(async ([name, load]) => line(name, (await load()).summary))
	return `Tailroom ${version}: a chat whose heart is one ordered log

Usage: tailroom <command> [options]

${(await Promise.all(loaded)).join('')}${line('help', 'this page')}${line('version', 'the version')}
tailroom <command> --help tells more of one.
`
}

function line(name: string, summary: string): string {
	return `  ${name.padEnd(10)}${summary}\n`
}

/** Runs a command of the command line, and ends the process if it fails. */
export async function main([command = 'help', ...args]: string[]): Promise<void> {
	// What is written is nobody else's to read.
	process.umask(0o077)
	endWhereNothingCanBePrinted()
	try {
		await run(command, args)
	} catch (error) {
		// Only the message: these are for the person who started it, not for whoever mends it.
		complain((error as Error).message)
		process.exit(codeOf(error))
	}
}

function codeOf(error: unknown): number {
	if (error instanceof UsageError) return exitCodes.usage
	return error instanceof TailroomError ? exitCodeOf(error) : 1
}

async function run(name: string, args: string[]): Promise<void> {
	const command = await commandOf(name)
	if (command !== undefined) {
		if (wantsHelp(args)) process.stdout.write(command.help)
		else await command.run(args)
	} else if (name === 'help' || name === '--help' || name === '-h') {
		const [asked] = args
		if (asked !== undefined && !isWord(asked)) throw unknownCommand(asked)
		process.stdout.write((await commandOf(asked))?.help ?? (await help()))
	} else if (name === 'version' || name === '--version') {
		if (args[0] !== undefined && !wantsHelp(args)) throw new UsageError(`nothing is known of "${args[0]}"`)
		process.stdout.write(`${version}\n`)
	} else {
		throw unknownCommand(name)
	}
}

function unknownCommand(name: string): UsageError {
	return new UsageError(
		`there is no command "${name}".${didYouMean(name, Object.keys(commands)) || ' Try: tailroom help'}`,
	)
}

/** Whether help knows of it. */
function isWord(name: string): boolean {
	return Object.hasOwn(commands, name) || ['help', '--help', '-h', 'version'].includes(name)
}

async function commandOf(name: string | undefined): Promise<Command | undefined> {
	return name !== undefined && Object.hasOwn(commands, name) ? await commands[name]?.() : undefined
}

/** What comes after `--` is not for the command line. */
function wantsHelp(args: readonly string[]): boolean {
	const end = args.indexOf('--')
	return args.some((arg, index) => (arg === '--help' || arg === '-h') && (end === -1 || index < end))
}
