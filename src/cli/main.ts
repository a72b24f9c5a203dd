import { backupCommand } from './backup.ts'
import { type Command, UsageError } from './command.ts'
import { hookCommand } from './hook.ts'
import { inviteCommand } from './invite.ts'
import { rebuildCommand } from './rebuild.ts'
import { restoreCommand } from './restore.ts'
import { roomCommand } from './room.ts'
import { serveCommand } from './serve.ts'
import { tokenCommand } from './token.ts'
import { userCommand } from './user.ts'
import { verifyCommand } from './verify.ts'
import { version } from './version.ts'
import { webhookCommand } from './webhook.ts'

const commands: Record<string, Command> = {
	serve: serveCommand,
	verify: verifyCommand,
	rebuild: rebuildCommand,
	backup: backupCommand,
	restore: restoreCommand,
	user: userCommand,
	token: tokenCommand,
	hook: hookCommand,
	webhook: webhookCommand,
	room: roomCommand,
	invite: inviteCommand,
}

const help = `Tailroom ${version}: a chat whose heart is one ordered log

Usage: tailroom <command> [options]

${Object.entries(commands)
	.map(([name, { summary }]) => line(name, summary))
	.join('')}${line('help', 'this page')}${line('version', 'the version')}
tailroom <command> --help tells more of one.
`

function line(name: string, summary: string): string {
	return `  ${name.padEnd(10)}${summary}\n`
}

/** Runs a command of the command line, and ends the process if it fails. */
export async function main([command = 'help', ...args]: string[]): Promise<void> {
	// What is written is nobody else's to read.
	process.umask(0o077)
	try {
		await run(command, args)
	} catch (error) {
		// Only the message: these are for the person who started it, not for whoever mends it.
		process.stderr.write(`tailroom: ${(error as Error).message}\n`)
		process.exit(error instanceof UsageError ? 64 : 1)
	}
}

async function run(name: string, args: string[]): Promise<void> {
	const command = Object.hasOwn(commands, name) ? commands[name] : undefined
	const wantsHelp = args.includes('--help') || args.includes('-h')
	if (command !== undefined) {
		if (wantsHelp) process.stdout.write(command.help)
		else await command.run(args)
	} else if (name === 'help' || name === '--help' || name === '-h') {
		const of = args[0]
		process.stdout.write((of !== undefined && Object.hasOwn(commands, of) ? commands[of]?.help : undefined) ?? help)
	} else if (name === 'version' || name === '--version') {
		process.stdout.write(`${version}\n`)
	} else {
		throw new UsageError(`there is no command "${name}". Try: tailroom help`)
	}
}
