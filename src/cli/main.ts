import { serveHelp, UsageError } from './options.ts'
import { serve } from './serve.ts'
import { version } from './version.ts'

const help = `Tailroom ${version}: a chat whose heart is one ordered log

Usage: tailroom <command> [options]

  serve    run the server
  help     this page
  version  the version

Options of serve, also as TAILROOM_<NAME> in the environment:

${serveHelp()}`

/** Runs a command of the command line, and ends the process if it fails. */
export async function main([command = 'help', ...args]: string[]): Promise<void> {
	try {
		await run(command, args)
	} catch (error) {
		// Only the message: these are for the person who started it, not for whoever mends it.
		process.stderr.write(`tailroom: ${(error as Error).message}\n`)
		process.exit(error instanceof UsageError ? 64 : 1)
	}
}

async function run(name: string, args: string[]): Promise<void> {
	if (args.includes('--help') || args.includes('-h') || name === 'help' || name === '--help' || name === '-h') {
		process.stdout.write(help)
	} else if (name === 'version' || name === '--version') {
		process.stdout.write(`${version}\n`)
	} else if (name === 'serve') {
		await serve(args)
	} else {
		throw new UsageError(`there is no command "${name}". Try: tailroom help`)
	}
}
